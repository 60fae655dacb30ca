/** Every example of mounting the service, run as it stands: a file goes through it into the real store. */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { verifyReceipt } from '@valetkey/http-handler';
import { createBucket, freePort, requireEngine, startWorkerd, type S3Description } from '@valetkey/testbed';
import { build } from 'vite';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

const execute = promisify(execFile);
const token = randomBytes(16).toString('hex');
const secret = randomBytes(32);
const image = Uint8Array.from(Buffer.from('89504e470d0a1a0a', 'hex'));
let buckets = 0;

async function newBucket(): Promise<{ readonly s3: S3Description; readonly bucket: string }> {
  const s3 = requireEngine(inject('engines'), 'seaweedfs');
  const bucket = `examples-${process.pid}-${(buckets += 1)}`;
  await createBucket(s3, bucket);
  return { s3, bucket };
}

/** A folder with the configuration that every example reads, gone after the test. */
async function configurationFolder(): Promise<string> {
  const { s3, bucket } = await newBucket();
  const folder = await mkdtemp(path.join(tmpdir(), 'valetkey-example-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  const keys = path.join(folder, 'keys.json');
  await writeFile(keys, JSON.stringify({ accessKeyId, secretAccessKey }), { mode: 0o600 });
  const configuration = {
    stores: {
      media: { profile: 'seaweedfs', endpoint, region, credentials: { secretFile: { path: keys } } },
    },
    policies: [
      {
        name: 'avatars',
        subjects: [{ kind: 'user' }],
        store: 'media',
        bucket,
        actions: ['upload', 'download'],
        keys: ['avatars/{sub}/{uuid}{ext}'],
        lifetime: { max: '15m' },
        upload: { maxSize: '5Mi', contentTypes: ['image/png'] },
      },
    ],
  };
  await writeFile(path.join(folder, 'valetkey.yaml'), JSON.stringify(configuration));
  return folder;
}

/** The example in a process of its own; resolves with its origin when it answers. */
async function startExample(...program: readonly string[]): Promise<string> {
  const folder = await configurationFolder();
  const port = await freePort();
  const child = spawn(process.execPath, ['--conditions=@valetkey/source', ...program], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      NEXT_TELEMETRY_DISABLED: '1',
      PORT: String(port),
      APP_TOKEN: token,
      VALETKEY_SECRET: secret.toString('base64'),
    },
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  onTestFinished(() => void child.kill('SIGKILL'));
  const origin = `http://127.0.0.1:${port}`;
  await expect
    .poll(async () => {
      if (child.exitCode !== null) throw new Error(`the example ended: ${errors}`);
      return (await fetch(origin)).status;
    })
    .toBeLessThan(500);
  return origin;
}

type Ask = (request: Request) => Promise<Response>;

/** Sends a file as a page does, and believes the receipt as a backend does. */
async function sendFile(ask: Ask, base: string): Promise<{ readonly key: string; readonly receipt: string }> {
  const post = async (route: string, body: object, bearer = token) =>
    ask(
      new Request(`${base}/v1/${route}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
        body: JSON.stringify(body),
      }),
    );
  const file = {
    ref: 'a',
    nonce: randomBytes(16).toString('hex'),
    name: 'a.png',
    bytes: 8,
    type: 'image/png',
  };
  const asked = { policy: 'avatars', files: [file] };
  expect((await post('uploads', asked, 'another')).status).toBe(401);
  const begun = (await (await post('uploads', asked)).json()) as {
    uploads: [{ id: string; key: string; request: { url: string; headers: Record<string, string> } }];
  };
  const [{ id, key, request }] = begun.uploads;
  const put = await fetch(request.url, { method: 'PUT', headers: request.headers, body: image });
  expect(put.status).toBe(200);
  const done = (await (await post('uploads/complete', { items: [{ id }] })).json()) as {
    items: [{ receipt: string }];
  };
  const receipt = await verifyReceipt(done.items[0].receipt, { secrets: [secret] });
  expect(receipt).toMatchObject({ policy: 'avatars', subject: { kind: 'user', id: 'ann' }, key, bytes: 8 });
  expect(key).toMatch(/^avatars\/ann\/[0-9a-f-]{36}\.png$/);
  return { key, receipt: done.items[0].receipt };
}

/** As a page gets a file it may have: a URL of the service, the bytes of the store. */
async function fetchFile(ask: Ask, base: string, key: string): Promise<Uint8Array> {
  const answer = await ask(
    new Request(`${base}/v1/downloads`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ policy: 'avatars', items: [{ key }] }),
    }),
  );
  const { items } = (await answer.json()) as { items: [{ url: string }] };
  const got = await fetch(items[0].url);
  expect(got.status).toBe(200);
  return got.bytes();
}

test.each([
  ['node/server.ts', ''],
  ['hono/server.ts', '/sign'],
  ['express/server.ts', '/sign'],
])('%s', async (file, base) => {
  const origin = await startExample(pathOf(file));
  const { key } = await sendFile(fetch, origin + base);
  expect(await fetchFile(fetch, origin + base, key)).toEqual(image);
});

test('next: `next build` needs no secret, and what it built takes a file and gives it back', async () => {
  await buildNextExample();
  const next = path.join(pathOf('next'), 'node_modules/next/dist/bin/next');
  const origin = await startExample(next, 'start', pathOf('next'), '--hostname', '127.0.0.1');
  const { key } = await sendFile(fetch, `${origin}/sign`);
  expect(await fetchFile(fetch, `${origin}/sign`, key)).toEqual(image);
}, 600_000);

test('receipt/backend.ts believes a receipt once, from the one whose upload it was, and nothing else', async () => {
  const { receipt } = await sendFile(fetch, await startExample(pathOf('node/server.ts')));
  const backend = await startExample(pathOf('receipt/backend.ts'));
  const show = async (text: string, user: string) =>
    (await fetch(backend, { method: 'POST', headers: { 'x-signed-in-user': user }, body: text })).status;
  expect(await show(receipt, 'bob')).toBe(403);
  expect(await show(`${receipt.slice(0, -4)}AAAA`, 'ann')).toBe(403);
  expect(await show('', 'ann')).toBe(403);
  expect(await show(receipt, 'ann')).toBe(201);
  expect(await show(receipt, 'ann')).toBe(409);
});

test('workers/worker.ts in workerd, the runtime of Cloudflare Workers', async () => {
  const { s3, bucket } = await newBucket();
  const worker = await startWorkerd(
    { 'worker.js': await bundle('workers/worker.ts') },
    {
      PROFILE: 'seaweedfs',
      REGION: s3.region,
      ENDPOINT: s3.endpoint,
      BUCKET: bucket,
      ACCESS_KEY_ID: s3.accessKeyId,
      SECRET_ACCESS_KEY: s3.secretAccessKey,
      APP_TOKEN: token,
      VALETKEY_SECRET: secret.toString('base64'),
    },
  );
  onTestFinished(worker.stop);
  await sendFile(fetch, worker.endpoint);
});

describe('every example', () => {
  test.each([
    'node/server.ts',
    'hono/server.ts',
    'express/server.ts',
    'next/signing.ts',
    'next/app/sign/[...path]/route.ts',
    'workers/worker.ts',
    'receipt/backend.ts',
  ])('%s has fewer than 40 lines', (file) => {
    const text = readFileSync(new URL(`../../../examples/${file}`, import.meta.url), 'utf8');
    expect(text.split('\n').length).toBeLessThan(40);
  });
});

function pathOf(file: string): string {
  return fileURLToPath(new URL(`../../../examples/${file}`, import.meta.url));
}

/** As a team builds its app: from packages that are built, where no secret is. */
async function buildNextExample(): Promise<void> {
  const turbo = fileURLToPath(new URL('../../../node_modules/.bin/turbo', import.meta.url));
  const env = { PATH: process.env['PATH'], CI: 'true', NODE_ENV: 'production' } as const;
  const silent = { TURBO_TELEMETRY_DISABLED: '1', NEXT_TELEMETRY_DISABLED: '1' };
  const options = { cwd: pathOf('next'), env: { ...env, ...silent } };
  await execute(turbo, ['run', 'build', '--filter=@valetkey/http-handler'], options);
  await execute(process.execPath, ['node_modules/next/dist/bin/next', 'build'], options);
}

async function bundle(file: string): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'silent',
    resolve: { conditions: ['@valetkey/source'] },
    build: {
      write: false,
      minify: false,
      target: 'es2023',
      lib: { entry: pathOf(file), formats: ['es'] },
      rollupOptions: { external: ['cloudflare:workers'] },
    },
  });
  const [first] = Array.isArray(output) ? output : [output];
  const chunks = first !== undefined && 'output' in first ? first.output : [];
  const [chunk, ...others] = chunks;
  if (chunk?.type !== 'chunk' || others.length > 0) throw new Error('expected one module');
  return chunk.code;
}
