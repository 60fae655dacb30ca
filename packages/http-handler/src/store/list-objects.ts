import { parseBucket } from '@valetkey/core';
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';

import type { ServiceStore } from '../service-options.ts';
import { callStore, unavailable, type CallContext } from './store-call.ts';

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

const parser = new XMLParser({
  parseTagValue: false,
  trimValues: false,
  // Also the numeric entities that some stores write around an ETag.
  htmlEntities: true,
  isArray: (name) => name === 'Contents' || name === 'CommonPrefixes',
});

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
 * @throws ValetkeyError `store-unavailable`, `credentials-unavailable`, `credentials-expired`
 */
export async function listObjects(
  asked: { readonly bucket: string; readonly prefix: string; readonly cursor: string | undefined },
  target: ServiceStore,
  context: CallContext,
): Promise<ListPage> {
  const call = { kind: 'list', ...asked, bucket: parseBucket(asked.bucket, 'bucket') } as const;
  const response = await callStore(call, target, context);
  const body = await response.text();
  const { endpoint } = target.store;
  if (response.status !== 200) throw unavailable(endpoint, `status ${response.status} to a listing`);
  const parsed = answerSchema.safeParse(parser.parse(body));
  if (!parsed.success) throw unavailable(endpoint, 'a listing that is not ListBucketResult', parsed.error);
  const { Contents, CommonPrefixes, EncodingType, IsTruncated, NextContinuationToken } =
    parsed.data.ListBucketResult;
  const decode = EncodingType === 'url' ? decodeKey : (key: string) => key;
  return {
    items: Contents.map(({ Key, Size, LastModified, ETag }) => ({
      key: decode(Key),
      bytes: Number(Size),
      lastModified: LastModified,
      etag: ETag,
    })),
    prefixes: CommonPrefixes.map(({ Prefix }) => decode(Prefix)),
    cursor: IsTruncated === 'true' ? NextContinuationToken : undefined,
  };
}

/** Listings are form-encoded: a space comes as a plus sign, a plus sign as `%2B`. */
function decodeKey(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll('+', '%20'));
}
