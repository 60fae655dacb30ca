import { parseBucket } from '@valetkey/core';
import { z } from 'zod';

import type { ServiceStore } from '../service-options.ts';
import { decodeListed, parseAnswer } from './parse-answer.ts';
import { callStore, type CallContext } from './store-call.ts';

const answerSchema = z.object({
  ListMultipartUploadsResult: z.object({
    Upload: z
      .array(z.object({ Key: z.string(), UploadId: z.string(), Initiated: z.string().default('') }))
      .default([]),
    EncodingType: z.string().optional(),
  }),
});

/**
 * Ids of the open uploads of exactly one key, the one that was begun first in front. Only the first page is
 * read, since stores differ on the second; the key is the prefix, so others hardly crowd it out.
 * @throws ValetkeyError `store-unavailable`, `store-refused`, `clock-skewed`, `credentials-unavailable`,
 * `credentials-expired`
 */
export async function listUploads(
  { bucket, key }: { readonly bucket: string; readonly key: string },
  target: ServiceStore,
  context: CallContext,
): Promise<readonly string[]> {
  const call = { kind: 'list-uploads', bucket: parseBucket(bucket, 'bucket'), prefix: key } as const;
  const answer = await callStore(call, target, context);
  const where = { endpoint: target.store.endpoint, what: 'a listing of uploads' };
  const { Upload, EncodingType } = parseAnswer(answer, answerSchema, where).ListMultipartUploadsResult;
  return Upload.filter(({ Key }) => decodeListed(Key, EncodingType) === key)
    .map(({ Initiated, UploadId }) => ({ UploadId, at: Initiated }))
    .sort((left, right) => compare(left.at, right.at) || compare(left.UploadId, right.UploadId))
    .map(({ UploadId }) => UploadId);
}

/** Instants of one store have one form, so their text sorts as they do. */
function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
