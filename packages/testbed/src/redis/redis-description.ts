/** How to reach a server of Redis' protocol from any process of this machine. @internal */
export interface RedisDescription {
  /** `redis://127.0.0.1:6379`, without the password. */
  readonly url: string;
  readonly password: string;
}
