import { parseBucket, type ChecksumAlgorithm } from '@valetkey/core';
import { XMLBuilder } from 'fast-xml-parser';

import type { ServiceStore } from '../service-options.ts';
import type { MultipartPlace } from './list-parts.ts';
import { errorCodeOf } from './parse-answer.ts';
import { callStore, type CallContext } from './store-call.ts';

/** What a store is asked to put together. */
export interface Completion extends MultipartPlace {
  readonly bytes: number;
  readonly onlyIfAbsent: boolean;
  /** In the order of their numbers. */
  readonly parts: readonly {
    readonly partNumber: number;
    readonly etag: string;
    readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined;
  }[];
  /** Digest of the whole object. */
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined;
  readonly checksumType?: 'COMPOSITE' | 'FULL_OBJECT' | undefined;
}

/** What the store said to it; whether the object is there, only a HEAD tells. */
export interface CompletionAnswer {
  readonly status: number;
  /** The error's code, also of one that came with status 200. */
  readonly code: string | undefined;
}

const builder = new XMLBuilder({ suppressEmptyNode: false });

/**
 * Asks the store to put the parts together.
 * @throws ValetkeyError `store-unavailable`, `clock-skewed`, `credentials-unavailable`, `credentials-expired`
 */
export async function completeMultipart(
  { parts, ...asked }: Completion,
  target: ServiceStore,
  context: CallContext,
): Promise<CompletionAnswer> {
  const call = { kind: 'complete-multipart', ...asked, bucket: parseBucket(asked.bucket, 'bucket') } as const;
  const body = builder.build({
    CompleteMultipartUpload: {
      Part: parts.map(({ partNumber, etag, checksum }) => ({
        PartNumber: partNumber,
        ETag: etag,
        ...(checksum === undefined ? {} : { [`Checksum${checksum.algorithm}`]: checksum.value }),
      })),
    },
  });
  const answer = await callStore(call, target, context, body);
  return { status: answer.status, code: errorCodeOf(answer) };
}
