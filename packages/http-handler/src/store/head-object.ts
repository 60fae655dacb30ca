import { parseBucket, parseHttpDate, uploadMarkerHeader, type ChecksumAlgorithm } from '@valetkey/core';

import type { ServiceStore } from '../service-options.ts';
import { callStore, type CallContext } from './store-call.ts';
import { toRefusal } from './store-refusal.ts';

/** What a store holds under a key. */
export interface StoredObject {
  readonly bytes: number;
  readonly type: string;
  readonly etag: string;
  readonly versionId: string | undefined;
  /** Which upload made it; absent when none of ours did. */
  readonly marker: string | undefined;
  /** Milliseconds since the epoch, in whole seconds; absent when the store does not say. */
  readonly lastModifiedMs: number | undefined;
  /** What the store checked, where it was asked and says so. */
  readonly checksum: StoredChecksum | undefined;
}

/** A checksum that the store keeps with an object. */
interface StoredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
  readonly type: 'COMPOSITE' | 'FULL_OBJECT' | undefined;
}

/** `hidden`: the store does not tell the service's credentials whether there is one. */
export type Head =
  | { readonly kind: 'found'; readonly object: StoredObject }
  | { readonly kind: 'absent' }
  | { readonly kind: 'hidden' };

/**
 * Looks at one object.
 * @throws ValetkeyError `store-unavailable`, `store-refused`, `clock-skewed`, `credentials-unavailable`,
 * `credentials-expired`
 */
export async function headObject(
  place: {
    readonly bucket: string;
    readonly key: string;
    /** Tell the checksum of this algorithm. */
    readonly checksum?: ChecksumAlgorithm | undefined;
  },
  target: ServiceStore,
  context: CallContext,
): Promise<Head> {
  const call = {
    kind: 'head',
    bucket: parseBucket(place.bucket, 'bucket'),
    key: place.key,
    checksum: place.checksum !== undefined,
  } as const;
  const { status, headers } = await callStore(call, target, context);
  if (status === 404) return { kind: 'absent' };
  if (status === 403) return { kind: 'hidden' };
  if (status !== 200) throw toRefusal(target.store.endpoint, { status, code: undefined, what: 'HEAD' });
  return {
    kind: 'found',
    object: {
      bytes: Number(headers.get('content-length') ?? Number.NaN),
      type: headers.get('content-type') ?? '',
      etag: headers.get('etag') ?? '',
      versionId: headers.get('x-amz-version-id') ?? undefined,
      marker: headers.get(uploadMarkerHeader) ?? undefined,
      lastModifiedMs: parseHttpDate(headers.get('last-modified') ?? undefined),
      checksum: checksumOf(headers, place.checksum),
    },
  };
}

function checksumOf(headers: Headers, algorithm: ChecksumAlgorithm | undefined): StoredChecksum | undefined {
  const value = algorithm && headers.get(`x-amz-checksum-${algorithm.toLowerCase()}`);
  if (!algorithm || !value) return undefined;
  const type = headers.get('x-amz-checksum-type');
  return { algorithm, value, type: type === 'COMPOSITE' || type === 'FULL_OBJECT' ? type : undefined };
}
