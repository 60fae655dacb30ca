/** How to reach a running Chromium from any process of this machine. @internal */
export interface ChromiumDescription {
  /** WebSocket address on 127.0.0.1 with an unguessable path, for Playwright of the same version. */
  readonly wsEndpoint: string;
}
