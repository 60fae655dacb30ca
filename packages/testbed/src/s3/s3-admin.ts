import { CreateBucketCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { setTimeout as delay } from 'node:timers/promises';

import type { S3Description } from './s3-description.ts';

const createBucketTimeoutMs = 30_000;
const retryMs = 200;

/**
 * The AWS SDK's client with the engine's own credentials, for setting a test up; `destroy` it when done.
 *
 * It neither retries nor adds checksums: a test sees what the engine answered to what the test sent.
 *
 * @internal
 */
export const s3Admin = ({ endpoint, region, accessKeyId, secretAccessKey }: S3Description): S3Client =>
  new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });

/**
 * Resolves when the bucket exists, made by this call or owned already.
 *
 * Tries again for 30 seconds while the engine answers with a 5xx status: SeaweedFS does so until its volume
 * server has joined.
 *
 * @throws the SDK's error of the last try.
 *
 * @internal
 */
export const createBucket = async (description: S3Description, name: string): Promise<void> => {
  const client = s3Admin(description);
  const deadline = performance.now() + createBucketTimeoutMs;
  try {
    while (!(await tryToCreate(client, name, deadline))) await delay(retryMs);
  } finally {
    client.destroy();
  }
};

const tryToCreate = async (client: S3Client, name: string, deadline: number): Promise<boolean> => {
  try {
    await client.send(new CreateBucketCommand({ Bucket: name }));
    return true;
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    if (error.name === 'BucketAlreadyOwnedByYou') return true;
    const isServerFault = (error.$metadata.httpStatusCode ?? 0) >= 500;
    if (!isServerFault || performance.now() > deadline) throw error;
    return false;
  }
};
