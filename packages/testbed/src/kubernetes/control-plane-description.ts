/**
 * How to reach a control plane and who to be there. Plain data, so that it can be handed to test workers.
 * @internal
 */
export interface ControlPlaneDescription {
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  /** The API server's certificates, PEM. */
  readonly ca: string;
  /** Bearer token of a member of system:masters. */
  readonly adminToken: string;
  /** Path of the program. */
  readonly kubectl: string;
}
