/**
 * Writes down what the API server says of Shares, Secrets, Leases and Events, over watches of the administrator's
 * own. URLs stay in memory, for the prober; the file has their digests.
 */
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';

import type { AdminConnection, ApiObject } from '../../test/admin-connection.ts';
import type { HistoryRecord, PublishedUrl, SecretRecord, ShareRecord } from './history-record.ts';
import { countSecrets } from './secret-texts.ts';

/** A URL as it was published, for whoever wants to use it. */
export interface LiveUrl extends PublishedUrl {
  readonly url: string;
}

export interface Historian {
  readonly write: (record: HistoryRecord) => void;
  readonly shares: ReadonlyMap<string, ShareRecord>;
  readonly secrets: ReadonlyMap<string, SecretRecord>;
  /** By the key of their Secret. */
  readonly urls: ReadonlyMap<string, readonly LiveUrl[]>;
  /** URLs that another has taken the place of, the last few hundred. */
  readonly replacedUrls: readonly LiveUrl[];
  /** Resolves when `holds`, which is asked at each change; gives the milliseconds that it took. */
  readonly until: (what: string, holds: () => boolean, timeoutMs?: number) => Promise<number>;
}

interface RawShare extends ApiObject {
  readonly metadata: ApiObject['metadata'] & { readonly generation: number };
  /** Absent where something was stored that no schema would let in. */
  readonly spec?: { readonly target?: { readonly secretName?: string }; readonly endTime?: string };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason: string;
    }[];
    readonly secretRef?: { readonly resourceVersion?: string };
    readonly revision?: number;
    readonly expirationTime?: string;
    readonly renewalTime?: string;
  };
}

interface RawSecret extends ApiObject {
  readonly metadata: ApiObject['metadata'] & {
    readonly ownerReferences?: readonly { readonly kind: string; readonly uid: string }[];
  };
  readonly type: string;
  readonly data?: Readonly<Record<string, string>>;
}

interface RawLease extends ApiObject {
  readonly spec?: { readonly holderIdentity?: string };
}

const keptUrls = 400;

/** Follows until `signal` aborts; resolves when everything was seen once. */
export async function startHistorian(
  admin: AdminConnection,
  file: string,
  signal: AbortSignal,
): Promise<Historian> {
  const shares = new Map<string, ShareRecord>();
  const secrets = new Map<string, SecretRecord>();
  const urls = new Map<string, readonly LiveUrl[]>();
  const replacedUrls: LiveUrl[] = [];
  const waiting = new Set<() => void>();
  const write = (record: HistoryRecord) => {
    appendFileSync(file, `${JSON.stringify(record)}\n`);
    for (const look of waiting) look();
  };
  const retire = (key: string) => {
    replacedUrls.push(...(urls.get(key) ?? []));
    replacedUrls.splice(0, Math.max(0, replacedUrls.length - keptUrls));
  };
  const search = (source: string, object: ApiObject) => {
    const text = JSON.stringify(object);
    const found = countSecrets(text);
    if (found > 0 || source !== 'Share')
      write({
        kind: 'text',
        atMs: Date.now(),
        source: `${source} ${keyOf(object)}`,
        bytes: text.length,
        secrets: found,
      });
  };
  const gone = (kind: 'share-gone' | 'secret-gone', object: ApiObject, version: string) =>
    write({ kind, atMs: Date.now(), key: keyOf(object), uid: object.metadata.uid, version });

  await admin.follow<RawShare>(
    '/apis/valetkey.dev/v1alpha1/shares',
    {
      set(share) {
        const record = toShareRecord(share, Date.now());
        shares.set(record.key, record);
        search('Share', share);
        write(record);
      },
      gone(share, version) {
        shares.delete(keyOf(share));
        gone('share-gone', share, version);
      },
    },
    signal,
  );
  await admin.follow<RawSecret>(
    '/api/v1/secrets',
    {
      set(secret) {
        const live = toLiveUrls(secret);
        const record = toSecretRecord(secret, live, Date.now());
        retire(record.key);
        secrets.set(record.key, record);
        urls.set(record.key, live);
        write(record);
      },
      gone(secret, version) {
        retire(keyOf(secret));
        secrets.delete(keyOf(secret));
        urls.delete(keyOf(secret));
        gone('secret-gone', secret, version);
      },
    },
    signal,
  );
  await admin.follow<RawLease>(
    '/apis/coordination.k8s.io/v1/namespaces/valetkey-system/leases',
    {
      set(lease) {
        search('Lease', lease);
        write({ kind: 'lease', atMs: Date.now(), holder: lease.spec?.holderIdentity ?? '' });
      },
      gone: () => write({ kind: 'lease', atMs: Date.now(), holder: '' }),
    },
    signal,
  );
  await admin.follow<ApiObject>(
    '/apis/events.k8s.io/v1/events',
    { set: (event) => search('Event', event), gone: () => undefined },
    signal,
  );

  return {
    write,
    shares,
    secrets,
    urls,
    replacedUrls,
    until: (what, holds, timeoutMs = 120_000) =>
      new Promise((resolve, reject) => {
        const startMs = performance.now();
        const end = (settle: () => void) => {
          clearTimeout(timer);
          waiting.delete(look);
          settle();
        };
        const look = () => {
          if (holds()) end(() => resolve(performance.now() - startMs));
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

function toShareRecord(share: RawShare, atMs: number): ShareRecord {
  const { metadata, spec, status } = share;
  const condition = (type: string) => status?.conditions?.find((each) => each.type === type);
  return {
    kind: 'share',
    atMs,
    key: keyOf(share),
    uid: metadata.uid,
    generation: metadata.generation,
    version: metadata.resourceVersion,
    ready: condition('Ready')?.status ?? '',
    authorized: condition('Authorized')?.status ?? '',
    reason: condition('Ready')?.reason ?? '',
    secretKey: `${metadata.namespace}/${spec?.target?.secretName ?? metadata.name}`,
    secretVersion: status?.secretRef?.resourceVersion ?? '',
    revision: status?.revision ?? 0,
    expiresMs: toMs(status?.expirationTime),
    renewsMs: toMs(status?.renewalTime),
    endsMs: toMs(spec?.endTime),
  };
}

function toSecretRecord(secret: RawSecret, live: readonly LiveUrl[], atMs: number): SecretRecord {
  const { metadata, type, data = {} } = secret;
  const owners = metadata.ownerReferences ?? [];
  const [owner] = owners;
  return {
    kind: 'secret',
    atMs,
    key: keyOf(secret),
    uid: metadata.uid,
    version: metadata.resourceVersion,
    type,
    ownerUid: owners.length === 1 && owner?.kind === 'Share' ? owner.uid : '',
    content: digest(JSON.stringify([type, data])),
    urls: live.map(({ name, digest: of, expiresMs }) => ({ name, digest: of, expiresMs })),
  };
}

function toLiveUrls({ type, data = {} }: RawSecret): readonly LiveUrl[] {
  if (type !== 'valetkey.dev/presigned-urls') return [];
  return Object.entries(data)
    .filter(([name]) => name.endsWith('.url'))
    .map(([name, value]) => {
      const url = Buffer.from(value, 'base64').toString();
      return { name, url, digest: digest(url), expiresMs: expiryOf(url) };
    });
}

/** As the URL itself says. */
function expiryOf(url: string): number {
  const query = new URL(url).searchParams;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '') ?? [];
  const signedMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return signedMs + Number(query.get('X-Amz-Expires')) * 1000;
}

function toMs(time: string | undefined): number | undefined {
  const ms = Date.parse(time ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function keyOf({ metadata }: ApiObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
