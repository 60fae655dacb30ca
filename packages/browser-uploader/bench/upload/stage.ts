/** One page, one bucket, one way to the store, for one row of the benchmark. */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { RuleInput } from '@valetkey/core';
import { allowOrigins, s3Admin, type ChromiumDescription, type S3Description } from '@valetkey/testbed';

import { openPage, type PageUnderTest } from '../../test/page-under-test.ts';
import { pageScript } from './page-script.ts';

/** What a row is given. */
export interface Engines {
  readonly s3: S3Description;
  readonly chromium: ChromiumDescription;
}

/** What a row works with. */
export interface Stage extends PageUnderTest {
  /** Milliseconds that a way takes for the files that were made. */
  readonly measure: (way: string) => Promise<number>;
  /** Removes what was uploaded, so that no round works on a fuller disk. */
  readonly clear: () => Promise<void>;
}

/** Opens the page, runs the row and closes it. */
export async function onStage<Result>(
  { s3, chromium }: Engines,
  rule: Partial<RuleInput>,
  run: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  const client = s3Admin(s3);
  const answer = async (request: Request, bucket: string) =>
    new URL(request.url).pathname === '/sign'
      ? Response.json({ url: await sign(client, await request.json(), bucket) })
      : undefined;
  const engines = { seaweedfs: s3, chromium, absent: {} };
  const under = await openPage({ engines, script: pageScript, rule, answer });
  try {
    // The stock plugin creates and completes its multipart uploads from the page.
    await allowOrigins(s3, under.bucket, [under.pageOrigin], ['PUT', 'POST', 'DELETE']);
    return await run({
      ...under,
      measure: (way) => under.page.evaluate<number>(`measure(${JSON.stringify(way)})`),
      clear: () => clear(client, under.bucket),
    });
  } finally {
    await under.stop();
    client.destroy();
  }
}

async function clear(client: S3Client, bucket: string): Promise<void> {
  for (;;) {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 100 }));
    if (Contents.length === 0) return;
    await Promise.all(
      Contents.map(({ Key }) => client.send(new DeleteObjectCommand({ Bucket: bucket, Key }))),
    );
  }
}

/** What the stock plugin wants signed; a service of ours signs nothing that a client names. */
async function sign(client: S3Client, asked: unknown, bucket: string): Promise<string> {
  const { method, key, uploadId, partNumber } = asked as {
    readonly method: string;
    readonly key: string;
    readonly uploadId?: string;
    readonly partNumber?: number;
  };
  const place = { Bucket: bucket, Key: key };
  const options = { expiresIn: 3600 };
  if (uploadId === undefined) {
    return method === 'POST'
      ? getSignedUrl(client, new CreateMultipartUploadCommand(place), options)
      : getSignedUrl(client, new PutObjectCommand(place), options);
  }
  const upload = { ...place, UploadId: uploadId };
  if (method === 'POST') return getSignedUrl(client, new CompleteMultipartUploadCommand(upload), options);
  if (method === 'DELETE') return getSignedUrl(client, new AbortMultipartUploadCommand(upload), options);
  return getSignedUrl(client, new UploadPartCommand({ ...upload, PartNumber: partNumber }), options);
}
