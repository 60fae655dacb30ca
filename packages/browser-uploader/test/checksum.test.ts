import { createHash } from 'node:crypto';

import { ListMultipartUploadsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createBucket, requireEngine, s3Admin } from '@valetkey/testbed';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

import { openPage, type PageOptions } from './page-under-test.ts';

const script = `
  import { createChecksum } from '../src/engine/integrity/worker-checksum.ts';
  import { createWorkerDigest } from '../src/engine/integrity/worker-digest.ts';
  import { createUploader } from '../src/engine/uploader.ts';
  const never = new AbortController().signal;
  globalThis.createChecksum = createChecksum;
  globalThis.digest = (algorithm, bytes, signal = never) => createChecksum(algorithm).digest(bytes, signal);
  globalThis.from = (path, loadMs) => createWorkerDigest(new URL(path, location.href), undefined, loadMs)
    .digest('CRC32C', new Blob(['a']), never)
    .then(String, ({ name, code, message, retryable }) => ({ name, code, message, retryable }));
  globalThis.uploader = (path) => createUploader({
    endpoint: new URLSearchParams(location.search).get('endpoint'),
    policy: 'uploads',
    checksum: createChecksum('CRC32C', { workerUrl: new URL(path, location.href) }),
  });
`;

/** What stands where the Worker should be. */
const misplaced: Readonly<Record<string, () => Response>> = {
  '/page.html': () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
  '/other.js': () => new Response('export {}', { headers: { 'content-type': 'text/javascript' } }),
  '/throws.js': () =>
    new Response('throw new Error("torn")', { headers: { 'content-type': 'text/javascript' } }),
};

async function opened(options: Partial<PageOptions> = {}) {
  const answer = async ({ url }: Request) => misplaced[new URL(url).pathname]?.();
  const under = await openPage({ engines: inject('engines'), script, answer, ...options });
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

describe('a Worker that does not start', () => {
  const whatToDo = /Serve checksum-worker\.js there or name its address with workerUrl .* worker-src 'self'/;
  const told = { name: 'UploadError', code: 'invalid-configuration', retryable: false };

  test.each([
    ['is not there', '/nowhere.js', 'expected its JavaScript at /nowhere.js, got status 404.'],
    ['is a page', '/page.html', 'got text/html that does not run.'],
    ['is torn', '/throws.js', 'got Uncaught Error: torn.'],
    [
      'is on another origin',
      'http://127.0.0.1:9/worker.js',
      'at /worker.js, got SecurityError: Failed to construct',
    ],
    [
      'is written in its address',
      'data:text/javascript,',
      'got TypeError: A Worker of valetkey is loaded from a file',
    ],
  ])('since it %s is told, with what to do', async (_, place, got) => {
    const { page } = await opened();
    const error = await page.evaluate<{ message: string }>(`from('${place}')`);
    expect(error).toMatchObject(told);
    expect(error.message).toContain(got);
    expect(error.message).toMatch(whatToDo);
  });

  test('since it is another script ends after a while, and the next sum asks again', async () => {
    const { page } = await opened();
    expect(
      await page.evaluate(`Promise.all([from('/other.js', 200), from('/checksum-worker.js', 20000)])`),
    ).toEqual([
      { ...told, message: expect.stringContaining('at /other.js, got no word from it.') },
      '193,208,67,48',
    ]);
  });

  test.each([
    ['worker-src', `worker-src 'none'; trusted-types valetkey`, 'text/javascript'],
    ['trusted-types', `worker-src 'self'; trusted-types other`, 'TypeError: Failed to execute'],
  ])("since the page's policy refuses it (%s) is told", async (_, refusal, got) => {
    const csp = ({ connect }: { readonly connect: string }) =>
      `default-src 'none'; script-src 'self'; connect-src 'self' ${connect}; require-trusted-types-for 'script'; ${refusal}`;
    const { page } = await opened({ csp });
    const error = await page.evaluate<{ message: string }>(`from('/checksum-worker.js')`);
    expect(error).toMatchObject(told);
    expect(error.message).toContain(got);
    expect(error.message).toMatch(whatToDo);
  });

  test('fails the upload with that, in one piece and in parts, and leaves nothing in the store', async () => {
    const rule = { upload: { multipartThreshold: '5Mi', partSize: '5Mi', checksum: 'optional' as const } };
    const { page, s3, bucket } = await opened({ rule });
    for (const bytes of [5, 6 * 2 ** 20]) {
      const upload = `uploader('/nowhere.js').upload(new Blob(['x'.repeat(${bytes})]), { name: 'a.txt' })`;
      expect(await page.evaluate(`${upload}.catch(({ code, message }) => ({ code, message }))`)).toEqual({
        code: 'invalid-configuration',
        message: expect.stringMatching(whatToDo),
      });
    }
    const client = s3Admin(s3);
    onTestFinished(() => client.destroy());
    const open = async () =>
      (await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads?.length ?? 0;
    await expect.poll(open).toBe(0);
  });
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
