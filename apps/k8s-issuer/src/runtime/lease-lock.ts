/**
 * Who holds a Lease of `coordination.k8s.io/v1`. The times are for people: nobody here judges by them, for they
 * come from another machine's clock, or from whoever edited the object.
 * @internal
 */
export interface LeaseRecord {
  /** Empty when nobody holds it. */
  readonly holderIdentity: string;
  readonly leaseDurationSeconds: number;
  readonly acquireTime: string;
  readonly renewTime: string;
  readonly leaseTransitions: number;
}

/**
 * A Lease as the server had it.
 * @internal
 */
export interface Lease {
  readonly record: LeaseRecord;
  readonly resourceVersion: string;
}

/** How long a call may take. */
interface LockCall {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/**
 * One Lease on the server; it hides HTTP.
 * @internal
 */
export interface LeaseLock {
  /** The newest state, past every cache; `undefined` when there is none. */
  read(call: LockCall): Promise<Lease | undefined>;
  /** @returns what was stored, or `conflict` when there is a Lease already. */
  create(record: LeaseRecord, call: LockCall): Promise<Lease | 'conflict'>;
  /** @returns what was stored, or `conflict` when the Lease is not at `resourceVersion` or is gone. */
  update(record: LeaseRecord, resourceVersion: string, call: LockCall): Promise<Lease | 'conflict'>;
  /** Tells of changes as they happen, until `signal` aborts. It outlives every failure and never rejects. */
  follow(onChange: (lease: Lease) => void, signal: AbortSignal): Promise<void>;
}
