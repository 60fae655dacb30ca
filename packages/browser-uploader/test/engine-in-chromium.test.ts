/** The engine in a real Chromium, against a real store, with faults in front of it. */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { GetObjectCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import {
  requireEngine,
  s3Admin,
  startFaultLayer,
  temporaryFolder,
  type FaultLayer,
  type FaultRule,
} from '@valetkey/testbed';
import type { Request } from 'playwright-core';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

import { openPage } from './page-under-test.ts';

const packageFolder = fileURLToPath(new URL('../', import.meta.url));
const mebibyte = 2 ** 20;
const inParts = { upload: { multipartThreshold: '5Mi', partSize: '5Mi' } } as const;

const script = `
  import { createChecksum, createIndexedDbResumeStore, createUploader } from '../src/engine.ts';
  const endpoint = new URLSearchParams(location.search).get('endpoint');
  const options = { endpoint, policy: 'uploads' };
  globalThis.uploader = createUploader(options);
  globalThis.resuming = createUploader({ ...options, resume: createIndexedDbResumeStore() });
  globalThis.summing = (algorithm) =>
    createUploader({ ...options, checksum: createChecksum(algorithm), resume: createIndexedDbResumeStore() });
  globalThis.progress = [];
  globalThis.answered = 0;
  const { send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.send = function (body) {
    this.addEventListener('load', () => (answered += 1));
    send.call(this, body);
  };
  globalThis.input = document.body.appendChild(Object.assign(document.createElement('input'), { type: 'file' }));
`;

/** A page with a file of random bytes at hand, and what it asks of the service and of the store. */
async function openedWith(bytes: number, store: 'seaweedfs' | 'versitygw' = 'seaweedfs') {
  const engines = inject('engines');
  const s3 = requireEngine(engines, store);
  const layer = await startFaultLayer({ target: s3.endpoint });
  const behind = { ...engines, seaweedfs: { ...s3, endpoint: layer.endpoint } };
  const under = await openPage({ engines: behind, script, rule: inParts });
  onTestFinished(async () => {
    await under.stop();
    await layer.stop();
  });
  const folder = await temporaryFolder('engine-in-chromium');
  onTestFinished(folder.remove);
  const content = randomBytes(bytes);
  const file = path.join(folder.path, 'a.bin');
  await writeFile(file, content);
  const client = s3Admin(s3);
  onTestFinished(() => client.destroy());
  const requests: Request[] = [];
  under.page.on('request', (request) => requests.push(request));
  const choose = () => under.page.locator('input').setInputFiles(file);
  await choose();
  return {
    ...under,
    file,
    layer,
    choose,
    sha256: createHash('sha256').update(content).digest('hex'),
    callsTo: (route: string) => requests.filter((request) => request.url() === `${under.signer}${route}`),
    puts: () => putsOf(layer),
    /** How often the service has asked which parts there are. */
    looks: () => layer.log().filter(({ method, path: of }) => method === 'GET' && partPath.test(of)).length,
    storedSha256: async (key: string) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: under.bucket, Key: key }));
      return createHash('sha256')
        .update((await Body?.transformToByteArray()) ?? '')
        .digest('hex');
    },
    openUploads: async () =>
      (await client.send(new ListMultipartUploadsCommand({ Bucket: under.bucket }))).Uploads?.length ?? 0,
    /** Starts the upload of the chosen file; its end is `done`. */
    start: (uploader = 'uploader', file = 'input.files[0]', options = '') =>
      under.page.evaluate(`(() => {
        globalThis.controller = new AbortController();
        globalThis.upload = ${uploader}.upload(${file}, {
          ${options}
          signal: controller.signal,
          onProgress: (bytes) => progress.push(bytes),
        });
        globalThis.done = upload.then(({ key, bytes }) => ({ key, bytes }), ({ name, code }) => ({ name, code }));
      })()`),
    done: () => under.page.evaluate<{ key?: string; bytes?: number; code?: string; name?: string }>('done'),
    progress: () => under.page.evaluate<number[]>('progress'),
  };
}

async function openPlain(answer: (request: globalThis.Request) => Promise<Response | undefined>) {
  const under = await openPage({ engines: inject('engines'), script: '', answer });
  onTestFinished(under.stop);
  return under;
}

function putsOf(layer: FaultLayer) {
  return layer.log().filter(({ method, path }) => method === 'PUT' && path.includes('/uploads/'));
}

/** Two parts are stored and the page knows it; the two that are held have come, so that none is still on its way. */
async function twoOfFourHaveArrived({
  page,
  puts,
}: Pick<Awaited<ReturnType<typeof openedWith>>, 'page' | 'puts'>) {
  await expect.poll(() => page.evaluate('answered')).toBe(2);
  await expect.poll(() => puts().length).toBe(4);
}
const partPath = /\/uploads\//;
const faulty = (fault: FaultRule['fault'], from: number, times = 1): FaultRule => ({
  when: { method: 'PUT', path: partPath, from },
  times,
  fault,
});

test('a file in parts arrives as it is, several parts at a time, with few calls', async () => {
  const under = await openedWith(32 * mebibyte);
  await under.start();
  const { key = '', bytes } = await under.done();
  expect(bytes).toBe(32 * mebibyte);
  expect(await under.storedSha256(key)).toBe(under.sha256);
  expect(under.callsTo('/v1/uploads/parts').length).toBeLessThanOrEqual(1);
  expect(under.puts()).toHaveLength(7);
  expect(await under.openUploads()).toBe(0);
  expect(under.complaints).toEqual([]);
});

describe('a fault of the store', () => {
  test.each<[string, FaultRule[]]>([
    ['three answers of 503', [faulty({ kind: 'status', status: 503, corsHeaders: true }, 1, 3)]],
    ['a 500 without CORS headers', [faulty({ kind: 'status', status: 500 }, 2)]],
    [
      'a connection that is reset in the middle of a part',
      [faulty({ kind: 'reset', at: 'body', afterBytes: mebibyte }, 1)],
    ],
    ['an answer that is lost after the part was stored', [faulty({ kind: 'lost-answer' }, 2)]],
    [
      'a URL that has expired',
      [
        faulty(
          {
            kind: 'status',
            status: 403,
            corsHeaders: true,
            body: '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>',
          },
          1,
        ),
      ],
    ],
  ])('(%s) is survived: what is stored is what was sent', async (_, rules) => {
    const under = await openedWith(16 * mebibyte);
    under.layer.script(rules);
    await under.start();
    const { key = '' } = await under.done();
    expect(await under.storedSha256(key)).toBe(under.sha256);
    expect(under.layer.log().filter(({ fault }) => fault !== undefined).length).toBeGreaterThan(0);
    const seen = await under.progress();
    expect([Math.max(...seen), seen.at(-1)]).toEqual([16 * mebibyte, 16 * mebibyte]);
    expect(await under.openUploads()).toBe(0);
  });
});

describe('a file in parts', () => {
  test('that is paused sends nothing more, and goes on with what is missing', async () => {
    const under = await openedWith(20 * mebibyte);
    under.layer.script([faulty({ kind: 'black-hole' }, 2, Infinity)]);
    await under.start();
    await twoOfFourHaveArrived(under);
    await under.page.evaluate('upload.pause()');
    under.layer.clear();
    const before = under.puts().length;
    await under.page.evaluate(`uploader.upload(new Blob(['small']), { name: 'small.txt' })`);
    expect(under.puts()).toHaveLength(before + 1);
    await under.page.evaluate('upload.resume()');
    const { key = '' } = await under.done();
    expect(await under.storedSha256(key)).toBe(under.sha256);
    expect(under.puts().filter(({ status }) => status === 200)).toHaveLength(4 + 1);
  });

  test('that is cancelled leaves nothing in the store', async () => {
    const under = await openedWith(20 * mebibyte);
    under.layer.script([faulty({ kind: 'black-hole' }, 2, Infinity)]);
    await under.start();
    await expect.poll(() => under.puts().length).toBeGreaterThan(2);
    expect(await under.openUploads()).toBe(1);
    await under.page.evaluate('controller.abort()');
    expect(await under.done()).toMatchObject({ name: 'AbortError' });
    await expect.poll(() => under.openUploads()).toBe(0);
  });

  test(
    'that is cancelled while a store stores its parts leaves nothing there',
    { timeout: 120_000 },
    async () => {
      for (let n = 0; n < 4; n += 1) {
        const under = await openedWith(40 * mebibyte, 'versitygw');
        await under.start();
        await expect.poll(() => under.puts().length, { interval: 5 }).toBeGreaterThan(2 + n);
        await under.page.evaluate('controller.abort()');
        expect(await under.done()).toMatchObject({ name: 'AbortError' });
        // The look at what came in late is the last that the service does.
        await expect.poll(() => under.looks()).toBeGreaterThanOrEqual(2);
        await expect.poll(() => under.openUploads()).toBe(0);
      }
    },
  );

  test('that changes on disk while it is sent fails, and leaves nothing in the store', async () => {
    const under = await openedWith(1);
    // A file on disk that the page itself can change.
    await under.page.evaluate(`(async () => {
      const folder = await navigator.storage.getDirectory();
      globalThis.handle = await folder.getFileHandle('a.bin', { create: true });
      globalThis.write = async (bytes) => {
        const writable = await handle.createWritable();
        await writable.write(new Uint8Array(bytes));
        await writable.close();
      };
      await write(20 * 2 ** 20);
      globalThis.file = await handle.getFile();
    })()`);
    under.layer.script([faulty({ kind: 'black-hole' }, 2, Infinity)]);
    await under.start('uploader', 'file');
    await expect.poll(() => under.puts().length).toBeGreaterThan(2);
    await under.page.evaluate('write(10)');
    under.layer.clear();
    expect(await under.done()).toMatchObject({ code: 'file-changed' });
    await expect.poll(() => under.openUploads()).toBe(0);
  });

  test('goes on when the browser is online again', async () => {
    const under = await openedWith(20 * mebibyte);
    under.layer.script([faulty({ kind: 'black-hole' }, 2, Infinity)]);
    await under.start();
    await expect.poll(() => under.puts().length).toBeGreaterThan(2);
    await under.context.setOffline(true);
    under.layer.clear();
    const before = under.puts().length;
    await under.context.setOffline(false);
    const { key = '' } = await under.done();
    expect(await under.storedSha256(key)).toBe(under.sha256);
    expect(under.puts().length - before).toBeLessThanOrEqual(4);
  });

  test('goes on after a reload with what is missing', async () => {
    const under = await openedWith(20 * mebibyte);
    under.layer.script([faulty({ kind: 'black-hole' }, 2, Infinity)]);
    await under.start('resuming');
    await twoOfFourHaveArrived(under);
    await under.page.reload();
    under.layer.clear();
    const before = under.puts().length;
    await under.choose();
    await under.start('resuming');
    const { key = '' } = await under.done();
    expect(await under.storedSha256(key)).toBe(under.sha256);
    expect(under.puts().length - before).toBe(2);
    expect(await under.progress()).toContain(10 * mebibyte);
    expect(await under.openUploads()).toBe(0);
  });
});

describe('a file that was left with other terms, and is sent anew,', () => {
  /** One of its parts is in the store, and one is on its way for good. */
  async function leftHalfway() {
    const under = await openedWith(10 * mebibyte);
    const toThisFile = { method: 'PUT', path: /\/a\.bin$/, from: 1 };
    under.layer.script([{ when: toThisFile, times: Infinity, fault: { kind: 'black-hole' } }]);
    await under.start('resuming');
    await expect.poll(() => under.puts().length).toBe(2);
    await expect.poll(() => under.puts().filter(({ status }) => status === 200).length).toBe(1);
    return under;
  }

  test('leaves nothing of before in the store', async () => {
    const under = await leftHalfway();
    await under.page.reload();
    await under.choose();
    expect(await under.openUploads()).toBe(1);
    await under.start('resuming', 'input.files[0]', `name: 'b.bin',`);
    const { key = '' } = await under.done();
    expect(await under.storedSha256(key)).toBe(under.sha256);
    await expect.poll(() => under.openUploads()).toBe(0);
  });

  test('does no harm to another tab that is at it', async () => {
    const under = await leftHalfway();
    const other = await under.context.newPage();
    await other.goto(under.page.url());
    await other.locator('input').setInputFiles(under.file);
    const second = await other.evaluate<string>(
      `resuming.upload(input.files[0], { name: 'b.bin' }).then(({ key }) => key)`,
    );
    expect(await under.storedSha256(second)).toBe(under.sha256);
    expect(await under.openUploads()).toBe(1);
    const before = under.puts().length;
    // What is on its way breaks, and is sent again: nothing else is.
    under.layer.clear();
    const { key = '' } = await under.done();
    expect(await under.storedSha256(key)).toBe(under.sha256);
    expect(under.puts().length - before).toBe(1);
    expect(await under.openUploads()).toBe(0);
  });
});

describe('with checksums that the store checks', () => {
  test.each([
    ['CRC64NVME', 'a file in parts', 12 * mebibyte],
    ['CRC32C', 'a file in parts', 12 * mebibyte],
    ['SHA256', 'a file in parts', 12 * mebibyte],
    ['CRC64NVME', 'a small file', 1000],
    ['SHA256', 'a small file', 1000],
  ])('(%s) %s arrives', async (algorithm, _, bytes) => {
    const under = await openedWith(bytes);
    await under.start(`summing('${algorithm}')`);
    const done = await under.done();
    expect(done).toMatchObject({ bytes });
    expect(await under.storedSha256(done.key ?? '')).toBe(under.sha256);
  });

  test('a file goes on after a reload, and what is stored is summed again', async () => {
    const under = await openedWith(20 * mebibyte);
    under.layer.script([faulty({ kind: 'black-hole' }, 2, Infinity)]);
    await under.start(`summing('CRC32C')`);
    await twoOfFourHaveArrived(under);
    await under.page.reload();
    under.layer.clear();
    const before = under.puts().length;
    await under.choose();
    await under.start(`summing('CRC32C')`);
    const { key = '' } = await under.done();
    expect(await under.storedSha256(key)).toBe(under.sha256);
    expect(under.puts().length - before).toBe(2);
  });
});

test('the one file for plain pages needs nothing beside it', async () => {
  const folder = await temporaryFolder('engine-min');
  onTestFinished(folder.remove);
  const out = path.join(folder.path, 'engine.min.js');
  execFileSync(process.execPath, ['tooling/whole-engine.ts', out], { cwd: packageFolder });
  const built = await readFile(out);
  const { page } = await openPlain(async (request) =>
    new URL(request.url).pathname === '/engine.min.js'
      ? new Response(built, { headers: { 'content-type': 'text/javascript' } })
      : undefined,
  );
  const { bytes } = await page.evaluate<{
    bytes: number;
  }>(`import('/engine.min.js').then(({ createUploader }) =>
    createUploader({ endpoint: new URLSearchParams(location.search).get('endpoint'), policy: 'uploads' })
      .upload(new Blob(['hello']), { name: 'a.txt' }))`);
  expect(bytes).toBe(5);
});

test('two hundred small files take a handful of calls', async () => {
  const under = await openedWith(1);
  const keys = await under.page.evaluate<string[]>(`Promise.all(
    Array.from({ length: 200 }, (_, i) => uploader.upload(new Blob(['file ' + i]), { name: i + '.txt' })),
  ).then((all) => all.map(({ key }) => key))`);
  expect(new Set(keys).size).toBe(200);
  const counts = ['', '/sign', '/status', '/complete'].map(
    (route) => under.callsTo(`/v1/uploads${route}`).length,
  );
  expect(counts[0]).toBe(2);
  expect(counts.slice(1, 3)).toEqual([0, 0]);
  // A hundred, then nine of every ten that are left; where a hundred take longer than five seconds, some more.
  expect(counts[3]).toBeLessThanOrEqual(20);
});
