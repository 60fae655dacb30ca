import { readShare, type ShareSecret } from '@valetkey/share';

import { KubeError } from '../../src/kube/kube-error.ts';
import type { Precondition, ShareApi, WrittenSecret } from '../../src/controllers/share/share-api.ts';

/** A Share to be stored: nobody checks it. */
interface NewShare {
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly [field: string]: unknown;
}

interface StoredShare extends NewShare {
  readonly metadata: NewShare['metadata'] & { readonly resourceVersion: string };
}

/**
 * One Share and its Secret as an API server keeps them, in memory, for tests.
 * @internal
 */
export interface MemoryShareApi extends ShareApi {
  readonly share: () => StoredShare;
  readonly secret: () => ShareSecret | undefined;
  /** Writes a status past every rule. */
  readonly forge: (status: unknown) => void;
  /** Changes fields of the spec, past every rule. */
  readonly respec: (change: object) => void;
  /** Loses the next write of the Secret or of the status on its way, or only the answer to it. */
  readonly lose: (what: 'secret' | 'status', which: 'request' | 'answer' | 'nothing') => void;
  /** What happens while the next write of the Secret or of the status is on its way. */
  readonly during: (what: 'secret' | 'status', run: () => Promise<unknown>) => void;
  /** How often something was stored. */
  readonly writes: () => number;
}

/**
 * Creates it with a Share and no Secret.
 * @internal
 */
export function createMemoryShareApi(first: NewShare): MemoryShareApi {
  let version = 100;
  let writes = 0;
  const next = () => String((version += 1));
  const { metadata } = first;
  let share: StoredShare = { ...first, metadata: { ...metadata, resourceVersion: next() } };
  let stored: { readonly secret: ShareSecret; readonly is: WrittenSecret } | undefined;
  const lost = new Map<'secret' | 'status', 'request' | 'answer' | 'nothing'>();
  const meanwhile = new Map<'secret' | 'status', () => Promise<unknown>>();
  /** @throws KubeError as of a connection that broke */
  const carry = async <T>(what: 'secret' | 'status', write: () => T): Promise<T> => {
    const which = lost.get(what);
    lost.delete(what);
    const run = meanwhile.get(what);
    meanwhile.delete(what);
    await run?.();
    const broken = new KubeError({ status: 0, reason: 'ConnectionFailed' });
    if (which === 'request') throw broken;
    const answer = write();
    if (which === 'answer') throw broken;
    return answer;
  };

  const keep = (secret: ShareSecret, uid: string): WrittenSecret => {
    writes += 1;
    stored = { secret, is: { uid, resourceVersion: next() } };
    return stored.is;
  };
  const find = (precondition: Precondition | undefined): WrittenSecret => {
    if (stored === undefined) throw new KubeError({ status: 404, reason: 'NotFound' });
    const { uid, resourceVersion } = stored.is;
    const isSame =
      (precondition?.uid ?? uid) === uid &&
      (precondition?.resourceVersion ?? resourceVersion) === resourceVersion;
    if (!isSame) throw new KubeError({ status: 409, reason: 'Conflict' });
    return stored.is;
  };

  return {
    share: () => share,
    secret: () => stored?.secret,
    writes: () => writes,
    forge(status) {
      share = { ...share, metadata: { ...share.metadata, resourceVersion: next() }, status };
    },
    respec(change) {
      const metadata = { ...share.metadata, resourceVersion: next() };
      share = { ...share, metadata, spec: { ...(isObject(share['spec']) ? share['spec'] : {}), ...change } };
    },
    during: (what, run) => void meanwhile.set(what, run),
    lose: (what, which) => void lost.set(what, which),
    createSecret: (secret) =>
      carry('secret', () => {
        if (stored !== undefined) throw new KubeError({ status: 409, reason: 'AlreadyExists' });
        return keep(secret, `secret-${next()}`);
      }),
    replaceSecret: (secret, precondition) => carry('secret', () => keep(secret, find(precondition).uid)),
    async probeSecret(_, precondition) {
      try {
        find(precondition);
        return 'untouched';
      } catch (error) {
        if (!(error instanceof KubeError)) throw error;
        return error.status === 404 ? 'gone' : 'changed';
      }
    },
    readShare: async () => readShare(share),
    replaceStatus: ({ resourceVersion }, status) =>
      carry('status', () => {
        if (resourceVersion !== share.metadata.resourceVersion)
          throw new KubeError({ status: 409, reason: 'Conflict' });
        writes += 1;
        share = { ...share, metadata: { ...share.metadata, resourceVersion: next() }, status };
        return { resourceVersion: share.metadata.resourceVersion };
      }),
    removeShare: () => Promise.reject(new KubeError({ status: 403, reason: 'Forbidden' })),
    readCredentials: async () => ({}),
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
