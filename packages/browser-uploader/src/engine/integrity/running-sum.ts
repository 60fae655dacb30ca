/** A sum over bytes that come piece by piece. */
export interface RunningSum {
  readonly update: (bytes: Uint8Array) => void;
  /** Ends it. */
  readonly digest: () => Uint8Array;
}
