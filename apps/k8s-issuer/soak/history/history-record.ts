/**
 * What a soak writes down, one JSON object a line: what the API server says of the cluster (`share`, `secret`,
 * `lease`), what it has stored for whom (`write`, from its audit log), what the prober sees (`tick`, `probe`), and
 * what was done to all of it (`fault`, `replica`, `bar`). Times are milliseconds since 1970 on the machine's clock.
 * No record holds a URL: URLs are told apart by their digest.
 */
export type HistoryRecord =
  | ShareRecord
  | SecretRecord
  | GoneRecord
  | LeaseRecord
  | WriteRecord
  | TickRecord
  | ProbeRecord
  | FaultRecord
  | BarRecord
  | TextRecord;

/** A Share as it was seen. */
export interface ShareRecord {
  readonly kind: 'share';
  readonly atMs: number;
  readonly key: string;
  readonly uid: string;
  readonly generation: number;
  readonly version: string;
  readonly ready: string;
  readonly authorized: string;
  readonly reason: string;
  readonly secretKey: string;
  /** resourceVersion of the Secret that its status speaks of; empty when of none. */
  readonly secretVersion: string;
  readonly revision: number;
  readonly expiresMs: number | undefined;
  readonly renewsMs: number | undefined;
  /** The end that it asks for itself. */
  readonly endsMs: number | undefined;
}

/** One presigned URL in a Secret. */
export interface PublishedUrl {
  readonly name: string;
  readonly digest: string;
  /** As the URL itself says: its date and its seconds. */
  readonly expiresMs: number;
}

/** A Secret as it was seen. */
export interface SecretRecord {
  readonly kind: 'secret';
  readonly atMs: number;
  readonly key: string;
  readonly uid: string;
  readonly version: string;
  readonly type: string;
  /** uid of its only owner, a Share; empty otherwise. */
  readonly ownerUid: string;
  /** Digest of everything but its metadata. */
  readonly content: string;
  readonly urls: readonly PublishedUrl[];
}

/** A Share or a Secret is no more. */
interface GoneRecord {
  readonly kind: 'share-gone' | 'secret-gone';
  readonly atMs: number;
  readonly key: string;
  readonly uid: string;
  readonly version: string;
}

/** The Lease as it was seen; an empty holder has let go. */
interface LeaseRecord {
  readonly kind: 'lease';
  readonly atMs: number;
  readonly holder: string;
}

/** A Secret, a Share's status or the Lease was stored for an issuer. */
export interface WriteRecord {
  readonly kind: 'write';
  /** When the request came in. */
  readonly atMs: number;
  readonly doneMs: number;
  readonly credentialId: string;
  readonly verb: string;
  readonly resource: 'secrets' | 'shares' | 'leases';
  readonly key: string;
}

/** Each second. */
interface TickRecord {
  readonly kind: 'tick';
  readonly atMs: number;
  /** Whether the API server answers, so that what is seen is what there is. */
  readonly reachable: boolean;
}

/** A GET of a published URL. */
interface ProbeRecord {
  readonly kind: 'probe';
  readonly atMs: number;
  readonly doneMs: number;
  readonly digest: string;
  readonly expiresMs: number;
  /** 0: no answer. */
  readonly status: number;
}

/** A fault begins or has ended. */
interface FaultRecord {
  readonly kind: 'fault';
  readonly atMs: number;
  readonly name: string;
  readonly phase: 'begin' | 'end';
  readonly outcome: string;
}

/** Something that was measured, and what it may be at most. */
interface BarRecord {
  readonly kind: 'bar';
  readonly atMs: number;
  readonly fault: string;
  readonly what: string;
  readonly measured: number;
  readonly atMost: number;
  readonly unit: string;
}

/** A text that must hold no secret was searched for one. */
interface TextRecord {
  readonly kind: 'text';
  readonly atMs: number;
  readonly source: string;
  readonly bytes: number;
  readonly secrets: number;
}

/** Reads a history; the order is that of time. */
export function parseHistory(jsonLines: string): readonly HistoryRecord[] {
  return jsonLines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as HistoryRecord)
    .toSorted((a, b) => a.atMs - b.atMs);
}
