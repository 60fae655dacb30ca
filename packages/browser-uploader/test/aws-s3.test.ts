import { GetObjectCommand, HeadObjectCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { s3Admin } from '@valetkey/testbed';
import { expect, inject, onTestFinished, test } from 'vitest';

import { openPage, type PageOptions } from './page-under-test.ts';

const part = 5 * 2 ** 20;
const inParts = { upload: { multipartThreshold: '5Mi', partSize: '5Mi', metadata: ['caption'] } };

/** The stock plugin with our options; the PUTs' addresses are noted, without their queries. */
const script = `
  import Uppy from '@uppy/core';
  import AwsS3 from '@uppy/aws-s3';
  import { toAwsS3Options } from '../src/aws-s3.ts';
  const endpoint = new URLSearchParams(location.search).get('endpoint');
  globalThis.uppy = new Uppy();
  globalThis.signed = [];
  const { signRequest, ...options } = toAwsS3Options(uppy, { endpoint, policy: 'uploads', metadata: ['caption'],
    objectHeaders: ({ name, meta }) => (meta.served ? { contentDisposition: 'attachment; filename="' + name + '"', cacheControl: 'max-age=60' } : {}) });
  uppy.use(AwsS3, { ...options, signRequest: async (request) => {
    const answer = await signRequest(request);
    signed.push({ ...request, ...answer });
    return answer;
  } });
  globalThis.add = (name, parts, meta = {}) => uppy.addFile({ name, type: 'text/plain', data: new Blob(parts, { type: 'text/plain' }), meta });
`;

async function opened(options: Partial<PageOptions> = {}) {
  const under = await openPage({ engines: inject('engines'), script, connect: 'data:', ...options });
  const client = s3Admin(under.s3);
  onTestFinished(async () => {
    client.destroy();
    await under.stop();
  });
  return { ...under, client };
}

const uploaded = `uppy.upload().then(({ successful, failed }) => ({
  keys: successful.map(({ response }) => response.body.key),
  receipts: successful.map(({ valetkey }) => valetkey?.receipt),
  errors: failed.map(({ error }) => error),
}))`;

interface Uploaded {
  readonly keys: readonly string[];
  readonly receipts: readonly unknown[];
  readonly errors: readonly string[];
}

test('the stock plugin uploads a small file, verified by the service', async () => {
  const { page, client, bucket, complaints } = await opened({ rule: { upload: { metadata: ['caption'] } } });
  await page.evaluate(`add('a.txt', ['hello'], { caption: 'A' })`);
  const { keys, receipts, errors } = await page.evaluate<Uploaded>(uploaded);
  expect({ errors, receipts }).toEqual({ errors: [], receipts: [expect.any(String)] });
  const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: keys[0] }));
  expect(head).toMatchObject({ ContentLength: 5, ContentType: 'text/plain', Metadata: { caption: 'A' } });
  expect(complaints).toEqual([]);
});

test.each([
  ['in one piece', `['hello']`],
  ['in parts', `['a'.repeat(${part}), 'b']`],
])('a file %s has what it is to be served with', async (_, content) => {
  const headers = ['content-disposition', 'cache-control'] as const;
  const upload = { multipartThreshold: '5Mi', partSize: '5Mi', headers: [...headers] };
  const { page, client, bucket } = await opened({ rule: { upload } });
  await page.evaluate(`add('a.txt', ${content}, { served: true })`);
  const { keys, errors } = await page.evaluate<Uploaded>(uploaded);
  expect(errors).toEqual([]);
  expect(await client.send(new HeadObjectCommand({ Bucket: bucket, Key: keys[0] }))).toMatchObject({
    ContentDisposition: 'attachment; filename="a.txt"',
    CacheControl: 'max-age=60',
  });
});

test('the stock plugin uploads a file in parts that arrives as one', async () => {
  const { page, client, bucket } = await opened({ rule: inParts });
  await page.evaluate(`add('abc.txt', ['a'.repeat(${part}), 'b'.repeat(${part}), 'c'])`);
  const { keys, receipts, errors } = await page.evaluate<Uploaded>(uploaded);
  expect({ errors, receipts }).toEqual({ errors: [], receipts: [expect.any(String)] });
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: keys[0] }));
  const stored = (await Body?.transformToString()) ?? '';
  expect(stored === `${'a'.repeat(part)}${'b'.repeat(part)}c`).toBe(true);
});

test('every signature binds the exact size: one byte more or less is refused by the store', async () => {
  const { page } = await opened({ rule: inParts });
  await page.evaluate(
    `add('a.txt', ['hello']); add('big.txt', ['x'.repeat(${part}), 'y']); void uppy.upload()`,
  );
  await expect.poll(() => page.evaluate(`signed.filter(({ method }) => method === 'PUT').length`)).toBe(3);
  const statuses = await page.evaluate<{ bytes: number; statuses: number[] }[]>(`Promise.all(
    signed.filter(({ method }) => method === 'PUT').map(async ({ url, headers, partNumber, key }) => {
      const bytes = key.endsWith('a.txt') ? 5 : partNumber === 1 ? ${part} : 1;
      const put = (size) => fetch(url, { method: 'PUT', headers, body: 'z'.repeat(size) }).then(({ status }) => status);
      return { bytes, statuses: [await put(bytes + 1), await put(bytes - 1)] };
    }))`);
  expect(statuses.map(({ bytes }) => bytes).sort((a, b) => a - b)).toEqual([1, 5, part]);
  expect(statuses.flatMap((each) => each.statuses)).toEqual([403, 403, 403, 403, 403, 403]);
});

test('twenty files are declared in one call', async () => {
  const { page, signer } = await opened();
  const calls: string[] = [];
  page.on('request', (request) => {
    if (request.url().startsWith(signer) && request.method() === 'POST') calls.push(request.url());
  });
  await page.evaluate(`for (let i = 0; i < 20; i += 1) add(i + '.txt', ['file ' + i])`);
  const { keys } = await page.evaluate<Uploaded>(uploaded);
  expect(new Set(keys).size).toBe(20);
  expect(calls.filter((url) => url.endsWith('/v1/uploads'))).toHaveLength(1);
});

test("the service's refusal is the file's error, and the others go on", async () => {
  const { page } = await opened({ rule: { upload: { maxSize: 10 } } });
  await page.evaluate(`add('big.txt', ['more than ten bytes']); add('a.txt', ['hello'])`);
  const { keys, errors } = await page.evaluate<Uploaded>(uploaded);
  expect(keys).toHaveLength(1);
  expect(errors).toEqual([expect.stringMatching(/larger|size|bytes/i)]);
});

test('a cancelled file leaves no multipart upload behind', async () => {
  const { page, client, bucket } = await opened({ rule: inParts });
  await page.evaluate(`add('big.txt', ['x'.repeat(${4 * part})]); void uppy.upload()`);
  await expect.poll(() => page.evaluate(`signed.some(({ partNumber }) => partNumber === 1)`)).toBe(true);
  await page.evaluate(`uppy.cancelAll()`);
  const open = async () =>
    (await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads?.length ?? 0;
  await expect.poll(open).toBe(0);
});

test('a paused file goes on where it stopped', async () => {
  const { page } = await opened({ rule: inParts });
  const isSecond = (url: URL) => url.searchParams.get('partNumber') === '2';
  const held = new Promise<void>((resolve) => void page.route(isSecond, () => resolve(), { times: 1 }));
  await page.evaluate(
    `add('big.txt', ['x'.repeat(${part}), 'y'.repeat(${part}), 'z']); globalThis.done = uppy.upload(); 0`,
  );
  await held;
  await page.evaluate(`uppy.pauseAll()`);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.evaluate(`uppy.resumeAll()`);
  expect(await page.evaluate(`done.then(({ successful }) => successful.length)`)).toBe(1);
  expect(
    await page.evaluate(
      `signed.filter(({ method, partNumber }) => method === 'PUT' && partNumber === 1).length`,
    ),
  ).toBe(1);
});
