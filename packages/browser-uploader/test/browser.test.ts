import { s3Admin } from '@valetkey/testbed';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

import { openPage, type PageOptions } from './page-under-test.ts';

async function opened(options: Omit<PageOptions, 'engines'>) {
  const under = await openPage({ engines: inject('engines'), ...options });
  onTestFinished(under.stop);
  return under;
}

/** The engine alone, with its functions at hand for the test. */
const engineScript = `
  import { createUploader } from '../src/engine.ts';
  const endpoint = new URLSearchParams(location.search).get('endpoint');
  globalThis.uploader = createUploader({ endpoint, policy: 'uploads' });
`;

/** One upload, and what became of it. */
const refusedScript = `
  import { createUploader } from '../src/engine.ts';
  const endpoint = new URLSearchParams(location.search).get('endpoint');
  globalThis.send = (headers, credentials) =>
    createUploader({ endpoint, policy: 'uploads', headers: () => headers, credentials })
      .upload(new Blob(['hello']), { name: 'a.txt' })
      .catch(({ code, message }) => ({ code, message }));
`;

/** Uppy without any interface; what happened is kept for the test. */
const uppyScript = `
  import Uppy from '@uppy/core';
  import { ValetkeyUpload } from '../src/index.ts';
  const endpoint = new URLSearchParams(location.search).get('endpoint');
  globalThis.events = [];
  // What is shown goes after three seconds, which a slow machine may miss.
  globalThis.shown = [];
  globalThis.uppy = new Uppy({ restrictions: { maxNumberOfFiles: 2 } }).use(ValetkeyUpload, { endpoint, policy: 'uploads', metadata: ['caption'], objectHeaders: ({ meta }) => ({ contentDisposition: meta.disposition }) });
  for (const name of ['upload-start', 'upload-success', 'upload-error', 'complete', 'cancel-all']) {
    uppy.on(name, (...args) => events.push([name, args]));
  }
  uppy.on('info-visible', () => shown.push(uppy.getState().info.at(-1).message));
`;

describe('the engine', () => {
  test('uploads under the strictest page policy, and what is stored is what was sent', async () => {
    const { page, s3, bucket, complaints } = await opened({
      script: engineScript,
      rule: { upload: { metadata: ['caption'] } },
    });
    const result = await page.evaluate<{ key: string; bytes: number; receipt: string }>(
      `uploader.upload(new File(['hello'], 'grüße.txt', { type: 'text/plain' }), { metadata: { caption: 'Grüße 🎉' } })`,
    );
    expect(result).toMatchObject({
      key: expect.stringMatching(/^uploads\/[0-9a-f-]{36}\/grüße\.txt$/),
      bytes: 5,
    });
    const client = s3Admin(s3);
    onTestFinished(() => client.destroy());
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: result.key }));
    expect(head).toMatchObject({ ContentLength: 5, ContentType: 'text/plain' });
    expect(head.Metadata?.['valetkey-upload']).toMatch(/^[0-9a-f]{32}$/);
    expect(head.Metadata?.['caption']).toMatch(/Grüße|=\?UTF-8\?/i);
    expect(complaints).toEqual([]);
  });

  test('a typeless slice arrives with the type that the server chose, not with a guess of the browser', async () => {
    const { page, s3, bucket } = await opened({ script: engineScript });
    const { key } = await page.evaluate<{ key: string }>(
      `uploader.upload(new Blob(['a']), { name: 'data.json' })`,
    );
    const client = s3Admin(s3);
    onTestFinished(() => client.destroy());
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    expect(head.ContentType).toBe('application/json');
  });

  test('the type that was asked for arrives, and not that of the Blob', async () => {
    const { page, s3, bucket } = await opened({ script: engineScript });
    const { key } = await page.evaluate<{ key: string }>(
      `uploader.upload(new Blob(['a'], { type: 'text/html' }), { name: 'a.txt', type: 'text/plain' })`,
    );
    const client = s3Admin(s3);
    onTestFinished(() => client.destroy());
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    expect(head.ContentType).toBe('text/plain');
  });

  test('a file that the server cuts into parts arrives as one', async () => {
    const { page, s3, bucket } = await opened({
      script: engineScript,
      rule: { upload: { multipartThreshold: '5Mi', partSize: '5Mi' } },
    });
    const { key, bytes } = await page.evaluate<{ key: string; bytes: number }>(
      `uploader.upload(new Blob(['a'.repeat(5 * 2 ** 20), 'b'.repeat(5 * 2 ** 20), 'c']), { name: 'abc.txt' })`,
    );
    expect(bytes).toBe(10 * 2 ** 20 + 1);
    const client = s3Admin(s3);
    onTestFinished(() => client.destroy());
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const stored = (await Body?.transformToString()) ?? '';
    expect(stored === `${'a'.repeat(5 * 2 ** 20)}${'b'.repeat(5 * 2 ** 20)}c`).toBe(true);
  });

  test.each([
    ['engine', `createUploader({ ...options, credentials })`],
    ['plugin', `throughUppy(ValetkeyUpload, { ...options, credentials })`],
    ['stock adapter', `throughUppy(AwsS3, (uppy) => toAwsS3Options(uppy, { ...options, credentials }))`],
  ])(
    'a service of another origin that knows its users by a cookie lets the %s upload',
    async (_, uploader) => {
      const script = `
      import Uppy from '@uppy/core';
      import AwsS3 from '@uppy/aws-s3';
      import { createUploader } from '../src/engine.ts';
      import { ValetkeyUpload } from '../src/index.ts';
      import { toAwsS3Options } from '../src/aws-s3.ts';
      const options = { endpoint: new URLSearchParams(location.search).get('endpoint'), policy: 'uploads' };
      const throughUppy = (plugin, given) => ({ upload: async (data) => {
        const uppy = new Uppy();
        uppy.use(plugin, typeof given === 'function' ? given(uppy) : given).addFile({ name: 'a.txt', type: 'text/plain', data });
        const { successful, failed } = await uppy.upload();
        if (failed.length > 0) throw new Error(failed[0].error);
        return successful[0].valetkey;
      } });
      globalThis.send = (credentials) => (${uploader}).upload(new File(['hello'], 'a.txt', { type: 'text/plain' })).then(({ key }) => key, () => 'refused');
    `;
      const { page, context, signer } = await opened({
        script,
        connect: 'data:',
        handler: {
          corsCredentials: true,
          authenticate: ({ headers }) =>
            headers.get('cookie') === 'session=of-ann' ? { kind: 'user', id: 'ann', claims: {} } : undefined,
        },
      });
      await context.addCookies([{ name: 'session', value: 'of-ann', url: signer, sameSite: 'Lax' }]);
      expect(await page.evaluate(`send()`)).toBe('refused');
      expect(await page.evaluate(`send('include')`)).toMatch(/^uploads\/.*\/a\.txt$/);
    },
  );

  test.each([
    [
      'the page',
      { corsOrigins: [] },
      {},
      /does not let this page read its answers \(CORS\)\. Add "http:.*" to its server\.corsOrigins/,
    ],
    [
      'its headers',
      {},
      { 'x-csrf-token': '1' },
      /Add what is missing of "x-csrf-token" to its server\.corsHeaders/,
    ],
    ['its cookies', {}, { credentials: 'include' }, /It takes no cookies/],
  ])(
    'a service that does not let in %s is told, with what to add',
    async (_, handler, { credentials, ...headers }: Record<string, string>, message) => {
      const { page } = await opened({ script: refusedScript, handler });
      const told = await page.evaluate<{ code: string; message: string }>(
        `send(${JSON.stringify(headers)}, ${JSON.stringify(credentials)})`,
      );
      expect(told).toEqual({ code: 'cors', message: expect.stringMatching(message) });
    },
  );

  test('a header that the service lets pages send arrives there', async () => {
    const { page } = await opened({
      script: refusedScript,
      handler: {
        corsHeaders: ['x-csrf-token'],
        authenticate: ({ headers }) =>
          headers.get('x-csrf-token') === '1' ? { kind: 'user', id: 'ann', claims: {} } : undefined,
      },
    });
    expect(await page.evaluate(`send({ 'x-csrf-token': '1' })`)).toMatchObject({ bytes: 5 });
  });

  test('twenty files at once all arrive', async () => {
    const { page } = await opened({ script: engineScript });
    const keys = await page.evaluate<string[]>(
      `Promise.all(Array.from({ length: 20 }, (_, i) => uploader.upload(new Blob(['file ' + i]), { name: i + '.txt' }).then(({ key }) => key)))`,
    );
    expect(new Set(keys).size).toBe(20);
  });
});

describe('the Uppy plugin', () => {
  const add = (name: string, content = 'hello', type = 'text/plain') =>
    `uppy.addFile({ name: '${name}', type: '${type}', data: new Blob(['${content}'], { type: '${type}' }), meta: { caption: 'A' } })`;

  test('reports success with what the service verified, and keeps no URL', async () => {
    const { page } = await opened({ script: uppyScript, rule: { upload: { metadata: ['caption'] } } });
    await page.evaluate(add('a.txt'));
    const body = await page.evaluate(`uppy.upload().then(({ successful }) => successful[0].response.body)`);
    expect(body).toMatchObject({
      key: expect.stringContaining('/a.txt'),
      bytes: 5,
      receipt: expect.any(String),
    });
    expect(await page.evaluate(`JSON.stringify(uppy.getState())`)).not.toMatch(/X-Amz-/);
    expect(await page.evaluate(`uppy.getFiles()[0].valetkey.key`)).toContain('/a.txt');
  });

  test("takes the policy's limits as restrictions, and keeps the stricter ones of the app", async () => {
    const { page } = await opened({
      script: uppyScript,
      rule: { upload: { maxSize: 10, minSize: 2, maxFiles: 5, contentTypes: ['text/plain'] } },
    });
    await expect.poll(() => page.evaluate(`uppy.opts.restrictions.maxFileSize`)).toBe(10);
    expect(await page.evaluate(`uppy.opts.restrictions`)).toMatchObject({
      minFileSize: 2,
      maxNumberOfFiles: 2,
      allowedFileTypes: ['text/plain'],
    });
    await expect(page.evaluate(add('big.txt', 'more than ten bytes'))).rejects.toThrow(
      /exceeds maximum allowed size/,
    );
    await expect(page.evaluate(add('page.html', '<p>', 'text/html'))).rejects.toThrow(/You can only upload/);
  });

  test('sums by itself what the policy requires to be summed', async () => {
    const { page, s3, bucket } = await opened({
      script: uppyScript,
      rule: { upload: { metadata: ['caption'], checksum: 'required' } },
    });
    await page.evaluate(`${add('a.txt')}; ${add('b.txt')}`);
    const keys = await page.evaluate<string[]>(
      `uppy.upload().then(({ successful }) => successful.map(({ valetkey }) => valetkey.key))`,
    );
    expect(keys).toHaveLength(2);
    const client = s3Admin(s3);
    onTestFinished(() => client.destroy());
    const head = await client.send(
      new HeadObjectCommand({ Bucket: bucket, Key: keys[0], ChecksumMode: 'ENABLED' }),
    );
    expect(head.ChecksumCRC64NVME).toMatch(/^[A-Za-z0-9+/]{11}=$/);
  });

  test('asks for limits again with the first upload, when they could not be had', async () => {
    let isSignedIn = false;
    const { page } = await opened({
      script: uppyScript,
      rule: { upload: { maxSize: 10, metadata: ['caption'] } },
      handler: {
        authenticate: () => (isSignedIn ? { kind: 'user', id: 'ann', claims: {} } : undefined),
      },
    });
    await expect.poll(() => page.evaluate(`shown.length`)).toBe(1);
    isSignedIn = true;
    await page.evaluate(add('a.txt'));
    await page.evaluate(`uppy.upload()`);
    await expect.poll(() => page.evaluate(`uppy.opts.restrictions.maxFileSize`)).toBe(10);
  });

  test('tells the reason of a refusal in file.error, and a retry can succeed', async () => {
    const { page } = await opened({ script: uppyScript });
    await page.evaluate(add('a.txt'));
    const failed = await page.evaluate(`uppy.upload().then(({ failed }) => failed[0].error)`);
    expect(failed).toBe('The object metadata is not valid: metadata: expected no metadata, got "caption".');
    const why = { code: 'invalid-metadata', retryable: false };
    expect(await page.evaluate(`uppy.getFiles()[0].valetkey`)).toMatchObject({
      ...why,
      problem: { ...why, detail: failed, limits: { minFileBytes: 0, accept: [], checksum: 'optional' } },
    });
    const told = `events.flatMap(([name, args]) => (name === 'upload-error' ? [args[1]] : []))`;
    expect(await page.evaluate(told)).toMatchObject([
      { ...why, name: 'UploadError', message: failed, status: 400, problem: why },
    ]);
    await page.evaluate(`uppy.setFileMeta(uppy.getFiles()[0].id, { caption: undefined })`);
    expect(await page.evaluate(`uppy.retryAll().then(({ successful }) => successful.length)`)).toBe(1);
  });

  test('says what an object is served with', async () => {
    const { page, s3, bucket } = await opened({
      script: uppyScript,
      rule: { upload: { metadata: ['caption'], headers: ['content-disposition'] } },
    });
    await page.evaluate(add('a.txt'));
    const disposition = 'attachment; filename="b.txt"';
    await page.evaluate(
      `uppy.setFileMeta(uppy.getFiles()[0].id, { disposition: ${JSON.stringify(disposition)} })`,
    );
    const key = await page.evaluate(`uppy.upload().then(({ successful }) => successful[0].valetkey.key)`);
    const client = s3Admin(s3);
    onTestFinished(() => client.destroy());
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: String(key) }));
    expect(head).toMatchObject({ ContentDisposition: disposition, ContentType: 'text/plain' });
  });

  test('shows the CORS rule that the bucket lacks as text, once for all files', async () => {
    const { page, s3, pageOrigin } = await opened({
      script: uppyScript,
      rule: { upload: { metadata: ['caption'] } },
    });
    // What a page sees of a bucket without the rule: nothing is sent, and nothing answers.
    await page.route(
      (url) => url.origin === s3.endpoint && url.pathname !== '/',
      (route) => route.abort('failed'),
    );
    await page.evaluate(add('a.txt'));
    await page.evaluate(add('b.txt'));
    await page.evaluate(`uppy.upload()`);
    const rules = `shown.filter((message) => message.includes('AllowedOrigins'))`;
    expect(await page.evaluate(rules)).toEqual([
      expect.stringContaining(`AllowedOrigins ["${pageOrigin}"], AllowedMethods ["PUT"]`),
    ]);
    expect(await page.evaluate(`uppy.getFiles().map(({ valetkey }) => valetkey.code)`)).toEqual([
      'cors',
      'cors',
    ]);
  });

  test('a cancelled upload ends, and uninstalling leaves nothing behind', async () => {
    const { page } = await opened({ script: uppyScript, rule: { upload: { metadata: ['caption'] } } });
    await page.evaluate(add('a.txt', 'x'.repeat(1000)));
    await page.evaluate(`void uppy.upload(); uppy.cancelAll()`);
    await expect.poll(() => page.evaluate(`uppy.getFiles().length`)).toBe(0);
    await page.evaluate(`uppy.removePlugin(uppy.getPlugin('ValetkeyUpload'))`);
    await page.evaluate(add('b.txt'));
    expect(
      await page.evaluate(
        `uppy.upload().then(({ successful }) => successful.filter((file) => file.response).length)`,
      ),
    ).toBe(0);
  });
});
