import type { ShareHead, ShareSecret, ShareStatus } from '@valetkey/share';

/** What the API server says about a Secret that was written: never its data. */
export interface WrittenSecret {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Which state of an object a write is for. */
export interface Precondition {
  readonly uid: string;
  readonly resourceVersion?: string;
}

/**
 * The calls this controller makes. Each throws KubeError when the API server refuses.
 */
export interface ShareApi {
  readonly createSecret: (secret: ShareSecret) => Promise<WrittenSecret>;
  readonly replaceSecret: (secret: ShareSecret, precondition?: Precondition) => Promise<WrittenSecret>;
  /**
   * Whether the Secret is in this state, or in any that is ours to replace; nothing is stored and nothing of it comes
   * back.
   */
  readonly probeSecret: (
    secret: ShareSecret,
    precondition?: Precondition,
  ) => Promise<'untouched' | 'changed' | 'gone'>;
  /** Past the cache. */
  readonly readShare: (namespace: string, name: string) => Promise<ShareHead>;
  /** Deletes the Share in this state. @returns whether it is gone now; it is not when it has changed meanwhile */
  readonly removeShare: (
    namespace: string,
    name: string,
    precondition: Required<Precondition>,
  ) => Promise<boolean>;
  /** Puts this status in the place of the one there is, on the Share of this uid and resourceVersion. */
  readonly replaceStatus: (
    share: ShareHead['metadata'],
    status: ShareStatus,
  ) => Promise<{ readonly resourceVersion: string }>;
  /** Fields of a Secret that holds a store's credentials; a Role must allow it by name. */
  readonly readCredentials: (namespace: string, name: string) => Promise<Readonly<Record<string, string>>>;
}
