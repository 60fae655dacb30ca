import { DeleteBucketCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';

import { createBucket, s3Admin } from './s3-admin.ts';
import type { S3Description } from './s3-description.ts';

const Bucket = 'valetkey-probe';
const Key = 'probe';

/**
 * Resolves with `true` once a bucket and an object could be made and removed.
 *
 * An engine listens seconds before it can store anything, so an open port proves nothing.
 *
 * @throws the SDK's error when one of the steps fails.
 *
 * @internal
 */
export const probeS3 = async (description: S3Description): Promise<true> => {
  const client = s3Admin(description);
  try {
    await createBucket(description, Bucket);
    await client.send(new PutObjectCommand({ Bucket, Key, Body: 'probe' }));
    await client.send(new DeleteObjectCommand({ Bucket, Key }));
    await client.send(new DeleteBucketCommand({ Bucket }));
    return true;
  } finally {
    client.destroy();
  }
};
