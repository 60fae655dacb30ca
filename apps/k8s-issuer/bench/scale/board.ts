/** What the API server says of Shares and Secrets, followed over a watch of its own. */
import type { AdminConnection, ApiObject } from '../../test/admin-connection.ts';

interface Share extends ApiObject {
  readonly status?: { readonly conditions?: readonly { type: string; status: string; reason: string }[] };
}

interface Secret extends ApiObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** The state as far as it is known, and ways to wait for another one. */
export interface Board {
  /** Shares whose Ready condition has this reason, by namespace and name. */
  readonly sharesWith: (reason: string) => number;
  /** Secrets of the issuer's that hold something. */
  readonly filledSecrets: () => number;
  /** When the Secret was first seen, on `performance.now`'s clock. */
  readonly secretSeenMs: (key: string) => number | undefined;
  /** Resolves when `holds`, which is asked at each change; rejects after `timeoutMs`. */
  readonly until: (what: string, holds: () => boolean, timeoutMs: number) => Promise<void>;
}

/** Follows until `signal` aborts. */
export async function followBoard(admin: AdminConnection, signal: AbortSignal): Promise<Board> {
  const reasons = new Map<string, string>();
  const counts = new Map<string, number>();
  const filled = new Set<string>();
  const seen = new Map<string, number>();
  const waiting = new Set<() => void>();
  const count = (reason: string | undefined, by: number) => {
    if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + by);
  };
  const put = (key: string, reason: string | undefined) => {
    count(reasons.get(key), -1);
    count(reason, 1);
    if (reason === undefined) reasons.delete(key);
    else reasons.set(key, reason);
  };
  const tell = () => waiting.forEach((look) => look());

  await admin.follow<Share>(
    '/apis/valetkey.dev/v1alpha1/shares',
    {
      set(share) {
        put(keyOf(share), share.status?.conditions?.find(({ type }) => type === 'Ready')?.reason);
        tell();
      },
      gone(share) {
        put(keyOf(share), undefined);
        tell();
      },
    },
    signal,
  );
  await admin.follow<Secret>(
    '/api/v1/secrets?fieldSelector=type%3Dvaletkey.dev/presigned-urls',
    {
      set(secret) {
        const key = keyOf(secret);
        if (!seen.has(key)) seen.set(key, performance.now());
        if (Object.keys(secret.data ?? {}).length > 0) filled.add(key);
        else filled.delete(key);
        tell();
      },
      gone(secret) {
        filled.delete(keyOf(secret));
        tell();
      },
    },
    signal,
  );

  return {
    sharesWith: (reason) => counts.get(reason) ?? 0,
    filledSecrets: () => filled.size,
    secretSeenMs: (key) => seen.get(key),
    until: (what, holds, timeoutMs) =>
      new Promise((resolve, reject) => {
        const end = (settle: () => void) => {
          clearTimeout(timer);
          waiting.delete(look);
          settle();
        };
        const look = () => {
          if (holds()) end(resolve);
        };
        const timer = setTimeout(
          () => end(() => reject(new Error(`not within ${timeoutMs} ms: ${what}`))),
          timeoutMs,
        );
        waiting.add(look);
        look();
      }),
  };
}

function keyOf({ metadata }: ApiObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}
