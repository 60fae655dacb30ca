import { parseBucket, ValetkeyError } from '@valetkey/core';
import { z } from 'zod';

import type { ServiceStore } from '../service-options.ts';
import { decodeListed, errorCodeOf, parseAnswer } from './parse-answer.ts';
import { callStore, type CallContext } from './store-call.ts';

/** One page of a listing, keys decoded. */
export interface ListPage {
  readonly items: readonly {
    readonly key: string;
    readonly bytes: number;
    readonly lastModified: string;
    readonly etag: string;
  }[];
  readonly prefixes: readonly string[];
  readonly cursor: string | undefined;
}

const text = z.string().default('');
const answerSchema = z.object({
  ListBucketResult: z.object({
    Contents: z
      .array(z.object({ Key: z.string(), Size: z.string(), LastModified: text, ETag: text }))
      .default([]),
    CommonPrefixes: z.array(z.object({ Prefix: z.string() })).default([]),
    EncodingType: z.string().optional(),
    IsTruncated: z.string().default('false'),
    NextContinuationToken: z.string().optional(),
  }),
});

/**
 * One page of the keys under a prefix, folders folded.
 * @throws ValetkeyError `invalid-body` for a cursor that the store never gave, `store-unavailable`, `store-refused`,
 * `clock-skewed`, `credentials-unavailable`, `credentials-expired`
 */
export async function listObjects(
  asked: { readonly bucket: string; readonly prefix: string; readonly cursor: string | undefined },
  target: ServiceStore,
  context: CallContext,
): Promise<ListPage> {
  const call = { kind: 'list', ...asked, bucket: parseBucket(asked.bucket, 'bucket') } as const;
  const answer = await callStore(call, target, context);
  // Source: Amazon S3 API reference, ListObjectsV2: a continuation token is opaque, and one that is none is this error.
  if (asked.cursor !== undefined && answer.status === 400 && errorCodeOf(answer) === 'InvalidArgument') {
    throw new ValetkeyError('invalid-body', {
      field: 'cursor',
      expected: 'the cursor of an earlier answer, or none for the first page',
      got: 'one that the store does not know',
    });
  }
  const where = { endpoint: target.store.endpoint, what: 'a listing' };
  const { ListBucketResult: page } = parseAnswer(answer, answerSchema, where);
  return {
    items: page.Contents.map(({ Key, Size, LastModified, ETag }) => ({
      key: decodeListed(Key, page.EncodingType),
      bytes: Number(Size),
      lastModified: LastModified,
      etag: ETag,
    })),
    prefixes: page.CommonPrefixes.map(({ Prefix }) => decodeListed(Prefix, page.EncodingType)),
    cursor: page.IsTruncated === 'true' ? page.NextContinuationToken : undefined,
  };
}
