import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { GetObjectCommand, ListMultipartUploadsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { allowOrigins, s3Admin } from '@valetkey/testbed';
import Uppy from '@uppy/core';
import type { Page, Route } from 'playwright-core';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

import { ValetkeyUpload } from '../src/index.ts';
import { openPage, type PageOptions } from './page-under-test.ts';

const part = 5 * 2 ** 20;
const inParts = { upload: { multipartThreshold: '5Mi', partSize: '5Mi' } };

const script = `
  import Uppy from '@uppy/core';
  import GoldenRetriever from '@uppy/golden-retriever';
  import { ValetkeyUpload } from '../src/index.ts';
  import { de } from '../src/locales.ts';
  const query = new URLSearchParams(location.search);
  globalThis.events = [];
  globalThis.uppy = new Uppy();
  if (query.has('golden')) uppy.use(GoldenRetriever);
  const locale = query.has('german') ? { locale: de } : {};
  uppy.use(ValetkeyUpload, { endpoint: query.get('endpoint'), policy: 'uploads', concurrency: 1, ...locale });
  for (const name of ['upload-start', 'upload-error', 'info-visible', 'restored', 'valetkey:verified', 'valetkey:limits']) {
    uppy.on(name, (...args) => events.push([name, ...args]));
  }
  uppy.on('info-visible', () => events.push(['info', uppy.getState().info.at(-1)?.message]));
  globalThis.named = (name) => events.filter(([event]) => event === name);
  globalThis.bigFile = (last = 'z', middle = 'x') => new File(
    ['x'.repeat(100000), middle.repeat(${part} - 100000), 'y'.repeat(${part}), last], 'big.txt', { type: 'text/plain', lastModified: 1 });
  globalThis.add = (data, name = data.name) => uppy.addFile({ name, type: 'text/plain', data });
`;

async function opened(options: Partial<PageOptions> = {}) {
  const under = await openPage({ engines: inject('engines'), script, ...options });
  const client = s3Admin(under.s3);
  onTestFinished(async () => {
    client.destroy();
    await under.stop();
  });
  return { ...under, client };
}

/** Numbers of the parts that a page sends. */
function partsOf(page: Page): string[] {
  const sent: string[] = [];
  page.on('request', (request) => {
    const partNumber = new URL(request.url()).searchParams.get('partNumber');
    if (request.method() === 'PUT' && partNumber !== null) sent.push(partNumber);
  });
  return sent;
}

/** The page with its upload paused behind the first part: the second is held until then. */
async function stoppedInTheMiddle(page: Page, file = 'bigFile()'): Promise<void> {
  const isSecond = (url: URL) => url.searchParams.get('partNumber') === '2';
  const held = new Promise<void>((resolve) => void page.route(isSecond, () => resolve(), { times: 1 }));
  await page.evaluate(`add(${file}, 'big.txt'); globalThis.done = uppy.upload(); 0`);
  await held;
  await page.evaluate(`uppy.pauseAll()`);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
}

const succeeded = `uppy.upload().then(({ successful }) => successful.map(({ valetkey }) => valetkey.key))`;

test('a paused file goes on where it stopped', async () => {
  const { page } = await opened({ rule: inParts });
  const sent = partsOf(page);
  await stoppedInTheMiddle(page);
  expect(await page.evaluate(`uppy.getFiles()[0].isPaused`)).toBe(true);
  await page.evaluate(`uppy.pauseResume(uppy.getFiles()[0].id)`);
  expect(await page.evaluate(`done.then(({ successful }) => successful.length)`)).toBe(1);
  expect(sent.filter((number) => number === '1')).toHaveLength(1);
});

test.each(['reload', 'crash'] as const)('after a %s in the middle, the same file goes on', async (how) => {
  const { page, context, client, bucket } = await opened({ rule: inParts });
  await stoppedInTheMiddle(page);
  const url = page.url();
  let after = page;
  if (how === 'reload') await page.reload();
  else {
    const crashed = page.waitForEvent('crash');
    await page.goto('chrome://crash').catch((error: unknown) => expect(String(error)).toContain('crash'));
    await crashed;
    after = await context.newPage();
    await after.goto(url);
  }
  const sent = partsOf(after);
  await after.evaluate(`add(bigFile())`);
  const [key] = await after.evaluate<string[]>(succeeded);
  expect(sent).not.toContain('1');
  expect(sent).toContain('3');
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const stored = (await Body?.transformToString()) ?? '';
  expect(stored === `${'x'.repeat(part)}${'y'.repeat(part)}z`).toBe(true);
});

test('after a reload a file that has changed is sent from its beginning', async () => {
  const { page, client, bucket } = await opened({ rule: inParts });
  await stoppedInTheMiddle(page);
  await page.reload();
  const sent = partsOf(page);
  await page.evaluate(`add(bigFile('Z'))`);
  const [key] = await page.evaluate<string[]>(succeeded);
  expect(sent).toContain('1');
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  expect((await Body?.transformToString())?.endsWith('yyyZ')).toBe(true);
});

test.each([
  ['a file whose time was kept', `bigFile('z', 'b')`, `bigFile()`],
  ['a Blob without a time', `new Blob([bigFile('z', 'b')])`, `new Blob([bigFile()])`],
])('after a reload %s, with another middle, is stored as it is now', async (_, now, before) => {
  const { page, client, bucket } = await opened({ rule: inParts });
  await stoppedInTheMiddle(page, before);
  await page.reload();
  await page.evaluate(`add(${now}, 'big.txt')`);
  const [key] = await page.evaluate<string[]>(succeeded);
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const stored = (await Body?.transformToString()) ?? '';
  expect(stored === `${'x'.repeat(100_000)}${'b'.repeat(part - 100_000)}${'y'.repeat(part)}z`).toBe(true);
});

test.each([
  ['the same file is not sent again', `bigFile()`, false],
  ['the file with another middle is sent', `bigFile('z', 'b')`, true],
])('after a reload behind the completion, whose answer was lost, %s', async (_, now, isSent) => {
  const { page, client, bucket } = await opened({ rule: inParts });
  const completed = new Promise<void>((resolve) => {
    void page.route('**/v1/uploads/complete', async (route) => {
      await route.fetch();
      resolve();
    });
  });
  await page.evaluate(`add(bigFile()); globalThis.done = uppy.upload(); 0`);
  await completed;
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.reload();
  const sent = partsOf(page);
  await page.evaluate(`add(${now})`);
  const [key] = await page.evaluate<string[]>(succeeded);
  expect(sent.length > 0).toBe(isSent);
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const stored = (await Body?.transformToString()) ?? '';
  expect(stored.includes('b')).toBe(isSent);
});

test.each(['before', 'after'] as const)(
  'a single PUT of an earlier page that arrives %s the file is verified does not count as it',
  async (when) => {
    const { page, client, bucket } = await opened();
    const small = (middle: string) => `new File(['x'.repeat(100000), '${middle}'.repeat(50000),
      'y'.repeat(100000)], 'small.txt', { type: 'text/plain', lastModified: 1 })`;
    const late = new Promise<Request>((resolve) => {
      const isStore = (url: URL) => url.pathname.startsWith(`/${bucket}/`);
      const hold = (route: Route) => {
        const { host: _, ...headers } = route.request().headers();
        const body = `${'x'.repeat(100_000)}${'b'.repeat(50_000)}${'y'.repeat(100_000)}`;
        resolve(new Request(route.request().url(), { method: 'PUT', headers, body }));
      };
      void page.route(isStore, hold, { times: 1 });
    });
    await page.evaluate(`add(${small('b')}); void uppy.upload(); 0`);
    const put = await late;
    await page.reload();
    const arrive = async () => expect((await fetch(put)).status).toBe(200);
    const isComplete = (url: URL) => url.pathname === '/v1/uploads/complete';
    await page.route(isComplete, async (route) => {
      if (when === 'before') await arrive();
      await route.continue();
    });
    await page.evaluate(`add(${small('c')})`);
    const [key] = await page.evaluate<string[]>(succeeded);
    if (when === 'after') await arrive();
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    expect((await Body?.transformToString())?.slice(100_000, 150_000)).toBe('c'.repeat(50_000));
  },
);

/** All that any IndexedDB of the page holds. */
const keptText = `(async () => {
  const settled = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  let text = '';
  for (const { name } of await indexedDB.databases()) {
    const database = await settled(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      text += JSON.stringify(await settled(database.transaction(store).objectStore(store).getAll()));
    }
    database.close();
  }
  return text;
})()`;

test('a file that Golden Retriever brings back is uploaded', async () => {
  const { page } = await opened();
  await page.goto(`${page.url()}&golden`);
  await page.evaluate(`add(new File(['hello'], 'a.txt', { type: 'text/plain' }))`);
  // It writes what it keeps now and then.
  await expect.poll(() => page.evaluate(keptText)).toContain('a.txt');
  await page.reload();
  await expect
    .poll(() => page.evaluate(`uppy.getFiles().some(({ data }) => data instanceof Blob)`))
    .toBe(true);
  expect(await page.evaluate(succeeded)).toEqual([expect.stringContaining('/a.txt')]);
});

test('cancelAll takes what was sent of a file away', async () => {
  const { page, client, bucket } = await opened({ rule: inParts });
  await stoppedInTheMiddle(page);
  await page.evaluate(`uppy.cancelAll()`);
  const open = async () =>
    (await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads?.length ?? 0;
  await expect.poll(open).toBe(0);
  expect(await page.evaluate(`named('upload-error').length`)).toBe(0);
});

test('what is done is announced, and told by a typed event with its receipt', async () => {
  const { page } = await opened();
  await page.evaluate(`add(new Blob(['a']), 'a.txt'); add(new Blob(['b']), 'b.txt')`);
  await page.evaluate(succeeded);
  expect(await page.evaluate(`named('info').map(([, message]) => message)`)).toContain(
    '2 files are uploaded',
  );
  expect(
    await page.evaluate(
      `named('valetkey:verified').map(([, , { bytes, receipt }]) => [bytes, typeof receipt])`,
    ),
  ).toEqual([
    [1, 'string'],
    [1, 'string'],
  ]);
  expect(await page.evaluate(`named('valetkey:limits')[0][1].policy`)).toBe('uploads');
});

test("the service's problem reaches the file, in the app's language", async () => {
  const { page, s3, bucket } = await opened({
    rule: { upload: { overwrite: false }, keys: ['uploads/{name}'] },
  });
  expect(bucket).not.toBe('');
  expect(s3.endpoint).toContain('127.0.0.1');
  await page.goto(`${page.url()}&german`);
  await page.evaluate(`add(new Blob(['a']), 'a.txt')`);
  await page.evaluate(succeeded);
  await page.evaluate(`uppy.clear?.(); uppy.cancelAll(); add(new Blob(['b']), 'a.txt')`);
  await page.evaluate(`uppy.upload()`);
  const [error, problem] = await page.evaluate<[string, unknown]>(
    `[uppy.getFiles()[0].error, uppy.getFiles()[0].valetkey.problem]`,
  );
  expect(error).toMatch(/^Eine Datei dieses Namens gibt es schon/);
  expect(problem).toMatchObject({ code: 'already-exists', status: 409, retryable: false });
});

test('a file that Golden Retriever has lost asks to be picked again', async () => {
  const { page } = await opened();
  await page.evaluate(
    `add(new Blob(['a']), 'a.txt'); uppy.setFileState(uppy.getFiles()[0].id, { data: undefined, isGhost: true })`,
  );
  await page.evaluate(`uppy.upload()`);
  expect(await page.evaluate(`uppy.getFiles()[0].error`)).toBe('Pick “a.txt” again to go on');
});

test('uninstalling gives back what installing took', async () => {
  const { page } = await opened({ rule: { upload: { maxSize: 10 } } });
  await expect.poll(() => page.evaluate(`uppy.opts.restrictions.maxFileSize`)).toBe(10);
  await page.evaluate(`uppy.removePlugin(uppy.getPlugin('ValetkeyUpload'))`);
  expect(
    await page.evaluate(
      `[uppy.opts.restrictions.maxFileSize, uppy.getState().capabilities.resumableUploads]`,
    ),
  ).toEqual([null, false]);
});

test('on a server it imports, constructs and installs', () => {
  const uppy = new Uppy().use(ValetkeyUpload, { endpoint: 'https://sign.example', policy: 'files' });
  expect(uppy.getPlugin('ValetkeyUpload')?.id).toBe('ValetkeyUpload');
  expect(uppy.getState().capabilities.resumableUploads).toBe(true);
});

test('a file that is refused may be removed as soon as it is told, and the others go on', async () => {
  const { page } = await opened({ rule: { upload: { contentTypes: ['text/plain'] } } });
  await page.route('**/v1/policies/*', (route) => route.abort());
  await page.reload();
  const result = await page.evaluate(`(async () => {
    uppy.on('upload-error', ({ id }) => uppy.removeFile(id));
    uppy.addFile({ name: 'refused.png', type: 'image/png', data: new Blob(['hello']) });
    add(new Blob(['hello']), 'plain.txt');
    const { successful } = await uppy.upload();
    return { successful: successful.map(({ name }) => name), left: uppy.getFiles().map(({ name }) => name), error: uppy.getState().error };
  })()`);
  expect(result).toEqual({ successful: ['plain.txt'], left: ['plain.txt'], error: null });
});

describe('the Dashboard', () => {
  const dashboard = `
    import Uppy from '@uppy/core';
    import Dashboard from '@uppy/dashboard';
    import { ValetkeyUpload } from '../src/index.ts';
    import { createChecksum } from '../src/engine.ts';
    const endpoint = new URLSearchParams(location.search).get('endpoint');
    const place = document.createElement('div');
    document.body.append(place);
    globalThis.sum = createChecksum('CRC32C').digest(new Blob(['123456789']), new AbortController().signal);
    globalThis.told = [];
    globalThis.uppy = new Uppy()
      .on('info-visible', () => told.push(uppy.getState().info.at(-1).message))
      .use(Dashboard, { target: place, inline: true, metaFields: [{ id: 'name', name: 'Name' }] })
      .use(ValetkeyUpload, { endpoint, policy: 'uploads' });
  `;

  async function shown(options: Partial<PageOptions> = {}) {
    const styles = ['@uppy/core/css/style.min.css', '@uppy/dashboard/css/style.min.css'];
    const files = await Promise.all(
      styles.map((name) => readFile(createRequire(import.meta.url).resolve(name), 'utf8')),
    );
    const under = await opened({
      script: dashboard,
      csp: ({ connect }) =>
        `default-src 'self'; connect-src 'self' ${connect}; worker-src 'self'; ` +
        `require-trusted-types-for 'script'; trusted-types valetkey`,
      styles: files.join('\n'),
      ...options,
    });
    const { page } = under;
    return {
      ...under,
      button: (name: string) => page.getByRole('button', { name, exact: true }),
      pick: (name: string) =>
        page
          .locator('.uppy-Dashboard-input')
          .first()
          .setInputFiles([{ name, mimeType: 'text/plain', buffer: Buffer.from('hello') }]),
      isComplete: () => page.getByText('Complete', { exact: true }).first().waitFor(),
    };
  }

  test('works under a strict page policy with Trusted Types', async () => {
    const { page, complaints, pick, button, isComplete } = await shown();
    await pick('plain.txt');
    await button('Upload 1 file').click();
    await isComplete();
    expect(await page.evaluate(`sum`)).toBe('4waSgw==');
    // An icon in the Dashboard's own style sheet.
    expect(complaints.filter((text) => !text.startsWith("Loading the image 'data:image/svg+xml"))).toEqual(
      [],
    );
  });

  test('offers no retry of a file that is refused, says why, and sends it once it is renamed', async () => {
    const { page, client, bucket, pick, button, isComplete } = await shown({
      rule: { upload: { overwrite: false }, keys: ['uploads/{name}'] },
    });
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'uploads/plain.txt', Body: 'before' }));
    await pick('plain.txt');
    await button('Upload 1 file').click();
    const reason = 'A file of this name exists already and may not be replaced. Rename the file.';
    await page.locator('.uppy-Informer').getByText(reason, { exact: true }).first().waitFor();
    expect(await page.getByRole('button', { name: 'Retry upload', exact: true }).count()).toBe(0);
    await button('Edit file plain.txt').click();
    await page.getByLabel('Name', { exact: true }).fill('renamed.txt');
    await button('Save changes').click();
    await button('Add more files').click();
    await pick('other.txt');
    await button('Upload 2 files').click();
    await isComplete();
    const bodyOf = async (name: string) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `uploads/${name}` }));
      return Body?.transformToString();
    };
    expect(await Promise.all(['plain.txt', 'renamed.txt', 'other.txt'].map(bodyOf))).toEqual([
      'before',
      'hello',
      'hello',
    ]);
  });

  test('asks again for a refused file that nobody has changed, and says the same', async () => {
    const { page, pick, button } = await shown({ rule: { upload: { contentTypes: ['image/png'] } } });
    await page.route('**/v1/policies/*', (route) => route.abort());
    await page.reload();
    await pick('plain.txt');
    for (const tries of [1, 2]) {
      const answered = page.waitForResponse('**/v1/uploads');
      await button('Upload 1 file').click();
      await answered;
      await button('Upload 1 file').waitFor();
      await expect.poll(() => page.evaluate(`uppy.getFiles()[0].valetkey?.code`)).toBe('type-not-allowed');
      // What is still shown is not shown once more, and goes after five seconds, which a slow machine may miss.
      await expect
        .poll(() => page.evaluate(`told.filter((message) => /image/.test(message)).length`))
        .toBe(tries);
      await page.evaluate(`while (uppy.getState().info.length > 0) uppy.hideInfo()`);
    }
  });

  test('offers to retry what another may have mended, and the retry goes on', async () => {
    const { page, s3, bucket, pageOrigin, pick, button, isComplete } = await shown();
    await allowOrigins(s3, bucket, ['https://other.example']);
    await pick('plain.txt');
    await button('Upload 1 file').click();
    await page.locator('.uppy-Informer').getByText('does not let this page upload (CORS)').first().waitFor();
    await allowOrigins(s3, bucket, [pageOrigin]);
    await page.locator('.uppy-StatusBar').getByRole('button', { name: 'Retry upload', exact: true }).click();
    await isComplete();
  });
});
