/**
 * An answer to a single PUT that was lost is believed by the object's marker and size (`status`, `complete`). That
 * holds as long as a PUT that is cut off on its way is no object of its full size, as a part is on versitygw.
 */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

import { HeadObjectCommand, NotFound, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { createBucket, requireEngine, s3Admin } from '@valetkey/testbed';
import { expect, inject, onTestFinished, test } from 'vitest';

const stores = ['seaweedfs', 'versitygw'] as const;
const mebibyte = 2 ** 20;

test.each(
  stores.flatMap((name) =>
    (['closed', 'reset'] as const).flatMap((end) =>
      [1, 65_536, mebibyte, 2 * mebibyte - 1].map((afterBytes) => [name, end, afterBytes] as const),
    ),
  ),
)(
  '(%s) a PUT whose connection is %s after %d bytes is no object of its size',
  async (name, end, afterBytes) => {
    const s3 = requireEngine(inject('engines'), name);
    const client = s3Admin(s3);
    onTestFinished(() => client.destroy());
    const place = { Bucket: `cut-off-${name}-${end}-${afterBytes}`, Key: 'a.bin' };
    await createBucket(s3, place.Bucket);
    const url = new URL(await getSignedUrl(client, new PutObjectCommand(place)));
    await sendSome(url, randomBytes(2 * mebibyte), afterBytes, end);
    // By now the store has made of it what it makes of it, for it answers in turn.
    const sizes: (number | undefined)[] = [];
    for (let looks = 0; looks < 10; looks += 1) sizes.push(await sizeOf(client, place));
    expect(sizes).not.toContain(2 * mebibyte);
  },
);

/** Resolves when both sides have let the connection go. */
async function sendSome(url: URL, body: Buffer, bytes: number, end: 'closed' | 'reset'): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = connect(Number(url.port), url.hostname);
  socket.once('close', () => resolve());
  // What the store says to half a request is not looked at, nor that it has hung up.
  socket.on('error', () => resolve()).resume();
  const head = `PUT ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-length: ${body.length}\r\n\r\n`;
  socket.write(head);
  socket.write(body.subarray(0, bytes), () => (end === 'closed' ? socket.end() : socket.resetAndDestroy()));
  await promise;
}

async function sizeOf(client: S3Client, place: { Bucket: string; Key: string }): Promise<number | undefined> {
  try {
    return (await client.send(new HeadObjectCommand(place))).ContentLength;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
