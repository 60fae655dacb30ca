import { PutObjectCommand } from '@aws-sdk/client-s3';

import { s3Admin } from './s3-admin.ts';
import type { S3Description } from './s3-description.ts';

/** An object to store. @internal */
export interface NewObject {
  readonly bucket: string;
  readonly key: string;
  readonly body: Uint8Array | string;
  readonly contentType?: string;
}

/**
 * Stores an object with the engine's own credentials.
 *
 * @throws the SDK's error.
 *
 * @internal
 */
export const putObject = async (description: S3Description, object: NewObject): Promise<void> => {
  const client = s3Admin(description);
  try {
    await client.send(
      new PutObjectCommand({
        Bucket: object.bucket,
        Key: object.key,
        Body: object.body,
        ContentType: object.contentType,
      }),
    );
  } finally {
    client.destroy();
  }
};
