import { createHash } from 'node:crypto';

import { PutObjectCommand } from '@aws-sdk/client-s3';
import { createBucket, requireEngine, s3Admin } from '@valetkey/testbed';
import { expect, inject, onTestFinished, test } from 'vitest';

import { openPage } from './page-under-test.ts';

const script = `
  import { createChecksum } from '../src/engine/integrity/worker-checksum.ts';
  const never = new AbortController().signal;
  globalThis.createChecksum = createChecksum;
  globalThis.digest = (algorithm, bytes, signal = never) => createChecksum(algorithm).digest(bytes, signal);
  globalThis.missing = () => createChecksum('CRC32C', { workerUrl: new URL('/nowhere.js', location.href) }).digest(new Blob(['a']), never);
`;

async function opened() {
  const under = await openPage({ engines: inject('engines'), script });
  onTestFinished(under.stop);
  return under;
}

test('a Worker sums under the strictest page policy with Trusted Types', async () => {
  const { page, complaints } = await opened();
  const sums = await page.evaluate(
    `Promise.all(['CRC32C', 'CRC64NVME', 'SHA256'].map((algorithm) => digest(algorithm, new Blob(['123456789']))))`,
  );
  const sha256 = createHash('sha256').update('123456789').digest('base64');
  expect(sums).toEqual(['4waSgw==', 'rosUhgp5mIg=', sha256]);
  expect(complaints).toEqual([]);
});

test('twenty megabytes in slices combine to the whole', async () => {
  const { page } = await opened();
  const [whole, combined] = await page.evaluate<[string, string]>(`(async () => {
    const bytes = new Blob([crypto.getRandomValues(new Uint8Array(65536)), new Uint8Array(20 * 2 ** 20)]);
    const checksum = createChecksum('CRC64NVME');
    const signal = new AbortController().signal;
    const slices = Array.from({ length: 5 }, (_, i) => bytes.slice(i * 5 * 2 ** 20, (i + 1) * 5 * 2 ** 20));
    const parts = await Promise.all(slices.map(async (slice) => ({ value: await checksum.digest(slice, signal), bytes: slice.size })));
    return [await checksum.digest(bytes, signal), checksum.combine(parts)];
  })()`);
  expect(combined).toBe(whole);
});

test('a sum that is given up rejects with the reason of its signal, and the next one works', async () => {
  const { page } = await opened();
  const outcome = await page.evaluate(`(async () => {
    const checksum = createChecksum('SHA256');
    const controller = new AbortController();
    const sum = checksum.digest(new Blob([new Uint8Array(100 * 2 ** 20)]), controller.signal);
    controller.abort(new Error('enough'));
    const reason = await sum.catch(({ message }) => message);
    return [reason, await checksum.digest(new Blob(['']), new AbortController().signal)];
  })()`);
  expect(outcome).toEqual(['enough', createHash('sha256').digest('base64')]);
});

test('a Worker that is not there is named, with what to do', async () => {
  const { page } = await opened();
  await expect(page.evaluate(`missing()`)).rejects.toThrow(
    /could not be loaded from \/nowhere\.js\. Serve checksum-worker\.js there or name its address with workerUrl/,
  );
});

test.each(['CRC32C', 'SHA256', 'CRC64NVME'] as const)(
  'the store accepts our %s and refuses another',
  async (algorithm) => {
    const { page } = await opened();
    const s3 = requireEngine(inject('engines'), 'versitygw');
    const bucket = `checksum-${process.pid}-${algorithm.toLowerCase()}`;
    await createBucket(s3, bucket);
    const client = s3Admin(s3);
    onTestFinished(() => client.destroy());
    const value = await page.evaluate<string>(`digest('${algorithm}', new Blob(['hello']))`);
    const put = (Body: string) =>
      client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: 'a.txt',
          Body,
          [`Checksum${algorithm}`]: value,
        }),
      );
    await expect(put('hello')).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } });
    await expect(put('hallo')).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  },
);
