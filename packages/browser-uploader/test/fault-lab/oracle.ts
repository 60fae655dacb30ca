/** What the store holds, asked past the layers; nothing of the program under test is believed. */
import { createHash } from 'node:crypto';

import {
  AbortMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { s3Admin, type S3Description } from '@valetkey/testbed';

/** One object. */
export interface Held {
  readonly key: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Objects of a bucket whose keys end in this name. */
export async function heldBy(s3: S3Description, bucket: string, name: string): Promise<readonly Held[]> {
  const client = s3Admin(s3);
  try {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
    const keys = Contents.flatMap(({ Key }) => (Key?.endsWith(`/${name}`) === true ? [Key] : []));
    return await Promise.all(
      keys.map(async (key) => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        const hash = createHash('sha256');
        let bytes = 0;
        for await (const chunk of Body as AsyncIterable<Uint8Array>) {
          hash.update(chunk);
          bytes += chunk.byteLength;
        }
        return { key, bytes, sha256: hash.digest('hex') };
      }),
    );
  } finally {
    client.destroy();
  }
}

/** Uploads in parts that are still open for a name. */
export async function openUploads(s3: S3Description, bucket: string, name: string): Promise<number> {
  const client = s3Admin(s3);
  try {
    return (await uploadsOf(client, bucket)).filter(({ Key }) => Key?.endsWith(`/${name}`) === true).length;
  } finally {
    client.destroy();
  }
}

/** Ends every open upload, so that the next case begins with none. */
export async function clearUploads(s3: S3Description, bucket: string): Promise<void> {
  const client = s3Admin(s3);
  try {
    for (const { Key, UploadId } of await uploadsOf(client, bucket)) {
      await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
    }
  } finally {
    client.destroy();
  }
}

async function uploadsOf(client: ReturnType<typeof s3Admin>, bucket: string) {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  return Uploads;
}
