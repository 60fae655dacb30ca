import type { ChecksumAlgorithm, Grant } from '@valetkey/core';
import { z } from 'zod';

import type { ServiceStore } from '../service-options.ts';
import { parseAnswer } from './parse-answer.ts';
import { callStore, type CallContext } from './store-call.ts';

const answerSchema = z.object({
  InitiateMultipartUploadResult: z.object({ UploadId: z.string().min(1).max(1024) }),
});

/** CRC32 and its kin can be put together from those of the parts; the others cover the parts' digests. */
const fullObject: ReadonlySet<ChecksumAlgorithm> = new Set(['CRC32', 'CRC32C', 'CRC64NVME']);

/**
 * Opens an upload in the store; what the grant says of the object holds for what the parts become.
 * @returns its id
 * @throws ValetkeyError `store-unavailable`, `store-refused`, `clock-skewed`, `credentials-unavailable`,
 * `credentials-expired`
 */
export async function createMultipart(
  grant: Grant,
  partChecksum: ChecksumAlgorithm | undefined,
  target: ServiceStore,
  context: CallContext,
): Promise<string> {
  const checksum =
    partChecksum === undefined
      ? undefined
      : ({ algorithm: partChecksum, type: checksumTypeOf(partChecksum) } as const);
  const answer = await callStore({ kind: 'create-multipart', grant, checksum }, target, context);
  const where = { endpoint: target.store.endpoint, what: 'the beginning of an upload' };
  return parseAnswer(answer, answerSchema, where).InitiateMultipartUploadResult.UploadId;
}

/** What a store makes of the parts' digests. */
export function checksumTypeOf(algorithm: ChecksumAlgorithm): 'COMPOSITE' | 'FULL_OBJECT' {
  return fullObject.has(algorithm) ? 'FULL_OBJECT' : 'COMPOSITE';
}
