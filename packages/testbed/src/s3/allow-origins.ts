import { PutBucketCorsCommand } from '@aws-sdk/client-s3';

import { s3Admin } from './s3-admin.ts';
import type { S3Description } from './s3-description.ts';

/**
 * Lets pages of these origins, and of no other, upload to a bucket and read from it.
 *
 * @throws the SDK's error.
 *
 * @internal
 */
export const allowOrigins = async (
  description: S3Description,
  bucket: string,
  origins: readonly string[],
  methods: readonly string[] = ['GET', 'HEAD', 'PUT'],
): Promise<void> => {
  const client = s3Admin(description);
  try {
    await client.send(
      new PutBucketCorsCommand({
        Bucket: bucket,
        CORSConfiguration: {
          CORSRules: [
            {
              AllowedOrigins: [...origins],
              AllowedMethods: [...methods],
              AllowedHeaders: ['*'],
              ExposeHeaders: ['ETag', 'Retry-After'],
              MaxAgeSeconds: 600,
            },
          ],
        },
      }),
    );
  } finally {
    client.destroy();
  }
};
