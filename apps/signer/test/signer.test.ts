import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

import { createBucket, freePort, putObject, requireEngine } from '@valetkey/testbed';
import { generateKeyPair, SignJWT } from 'jose';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

import {
  ask,
  configurationFolder,
  nowhere,
  originOf,
  runSigner,
  type ConfigurationParts,
} from './signer-under-test.ts';

async function started(s3 = nowhere, parts: ConfigurationParts = {}) {
  const { file, token } = await configurationFolder(s3, parts);
  const signer = runSigner(['--config', file]);
  return { signer, token, origin: await originOf(signer) };
}

test('one YAML, one token: a URL comes back and downloads the object from the real store', async () => {
  const s3 = requireEngine(inject('engines'), 'seaweedfs');
  const bucket = `signer-${process.pid}`;
  await createBucket(s3, bucket);
  await putObject(s3, { bucket, key: 'files/a', body: 'text', contentType: 'text/plain' });
  const policy = {
    name: 'files',
    subjects: [{ kind: 'user', id: 'ann' }],
    store: 'media',
    bucket,
    actions: ['download', 'list'],
    keys: ['files/{any}'],
    lifetime: { max: '1h' },
  };
  const { origin, token } = await started(s3, { policies: [policy] });
  const answer = (await (await ask(origin, token)).json()) as { items: { url: string }[] };
  expect(await (await fetch(answer.items[0]?.url ?? '')).text()).toBe('text');
  const listed = await fetch(`${origin}/v1/objects?policy=files`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await listed.json()).toMatchObject({ items: [{ key: 'files/a', bytes: 4 }] });
});

test('what the configuration names lies beside it, wherever the service was started', async () => {
  const { file, folder } = await configurationFolder(nowhere);
  const { server, ...rest } = JSON.parse(await readFile(file, 'utf8'));
  const redis = { url: 'redis://127.0.0.1:9', passwordFile: 'redis-password' };
  const receipts = { keyFile: 'keys/receipts.pem' };
  await writeFile(file, JSON.stringify({ ...rest, server: { ...server, receipts, rateLimits: { redis } } }));
  const check = async () => {
    const signer = runSigner(['--config', file, '--check']);
    return { status: await signer.ended, output: signer.output() };
  };
  expect(await check()).toMatchObject({
    status: 2,
    output: expect.stringContaining(path.join(folder, 'keys/receipts.pem')),
  });
  await mkdir(path.join(folder, 'keys'));
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeFile(
    path.join(folder, 'keys/receipts.pem'),
    privateKey.export({ type: 'pkcs8', format: 'pem' }),
  );
  expect((await check()).output).toContain(path.join(folder, 'redis-password'));
  await writeFile(path.join(folder, 'redis-password'), 'canary');
  expect(await check()).toEqual({ status: 0, output: 'valid: 1 stores, 1 policies\n' });
});

test.each([
  ['none', undefined],
  ['another', 'another'],
])('with %s token the answer is 401, and who asks is asked to show one', async (_title, token) => {
  const { origin } = await started();
  const response = await ask(origin, token);
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Bearer');
  expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
});

test('while the keys of the issuer cannot be had the answer is 503 and when to come back, never 401', async () => {
  const { file, folder } = await configurationFolder(nowhere);
  const configuration = JSON.parse(await readFile(file, 'utf8'));
  const jwksUrl = `http://127.0.0.1:${await freePort()}/jwks.json`;
  configuration.server.auth = [
    { kind: 'jwt', issuer: 'https://id.example.com', audience: 'valetkey', jwksUrl, algorithms: ['ES256'] },
  ];
  await writeFile(path.join(folder, 'valetkey.yaml'), JSON.stringify(configuration));
  const signer = runSigner(['--config', file]);
  const { privateKey } = await generateKeyPair('ES256');
  const jwt = await new SignJWT({ iss: 'https://id.example.com', aud: 'valetkey', sub: 'ann' })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);
  const response = await ask(await originOf(signer), jwt);
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('1');
  expect(await response.json()).toMatchObject({ code: 'identity-unavailable', retryable: true });
  expect(signer.output()).not.toContain(jwt);
});

test('nothing that is logged holds a signature, a credential or a token', async () => {
  const { signer, origin, token } = await started();
  const answer = (await (await ask(origin, token)).json()) as { items: { url: string }[] };
  await fetch(`${origin}/v1/objects?policy=files&cursor=secret-cursor`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await ask(origin, token, { policy: 'files', items: [{ key: 'other/a' }] });
  signer.child.kill('SIGTERM');
  await signer.ended;
  const log = signer.output();
  expect(log).toMatch(/"code":"key-not-allowed".*"msg":"denied"/);
  expect(log).toMatch(/store-unavailable|cannot be reached/);
  const signature = new URL(answer.items[0]?.url ?? '').searchParams.get('X-Amz-Signature');
  expect(signature).toMatch(/^[0-9a-f]{64}$/);
  for (const secret of [signature, token, 'secret-cursor', nowhere.secretAccessKey])
    expect(log).not.toContain(secret);
});

test('SIGTERM finishes what is in flight and ends with status 0 within ten seconds', async () => {
  let release: () => void = () => undefined;
  const slow = createServer((_request, response) => {
    release = () => response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void slow.close());
  const address = slow.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { signer, origin, token } = await started({ ...nowhere, endpoint: `http://127.0.0.1:${port}` });
  const inFlight = fetch(`${origin}/v1/objects?policy=files`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await new Promise((resolve) => slow.once('request', resolve));
  signer.child.kill('SIGTERM');
  await expect.poll(() => signer.output()).toContain('"stopping"');
  release();
  expect((await inFlight).status).toBe(503);
  expect(await signer.ended).toBe(0);
});

test('after SIGTERM it says that it is not ready while it still serves, and lets kept connections go', async () => {
  const { signer, origin, token } = await started();
  // What is asked for the first time takes longer, and it serves for three seconds only.
  const answers = () =>
    Promise.all([fetch(`${origin}/readyz`), fetch(`${origin}/livez`), ask(origin, token)]);
  expect((await answers()).map(({ status }) => status)).toEqual([200, 200, 200]);
  signer.child.kill('SIGTERM');
  await expect.poll(() => signer.output()).toContain('"stopping"');
  const [ready, live, served] = await answers();
  expect([ready.status, live.status, served.status]).toEqual([503, 200, 200]);
  expect(served.headers.get('connection')).toBe('close');
  expect(await signer.ended).toBe(0);
  expect(signer.output()).toMatch(/"hurried":false,"msg":"closing"/);
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  'a %s after that ends it without a further wait',
  async (second) => {
    const { signer } = await started();
    signer.child.kill('SIGTERM');
    await expect.poll(() => signer.output()).toContain('"stopping"');
    signer.child.kill(second);
    expect(await signer.ended).toBe(0);
    expect(signer.output()).toMatch(/"hurried":true,"msg":"closing"/);
  },
);

test('a page may send the headers that server.corsHeaders names', async () => {
  const page = 'https://app.example.com';
  const { file } = await configurationFolder(nowhere);
  const configuration = JSON.parse(await readFile(file, 'utf8'));
  Object.assign(configuration.server, { corsOrigins: [page], corsHeaders: ['x-csrf-token'] });
  const { origin } = await started(nowhere, configuration);
  const { headers } = await fetch(`${origin}/v1/uploads`, {
    method: 'OPTIONS',
    headers: { origin: page, 'access-control-request-method': 'POST' },
  });
  expect(headers.get('access-control-allow-headers')).toContain(', x-csrf-token');
});

test('health is told apart from the service, and OpenAPI is served', async () => {
  const { origin } = await started();
  expect((await fetch(`${origin}/livez`)).status).toBe(200);
  expect((await fetch(`${origin}/readyz`)).status).toBe(200);
  const openApi = (await (await fetch(`${origin}/openapi.json`)).json()) as { paths: object };
  expect(openApi).toMatchObject({ openapi: '3.1.0', servers: [{ url: '/' }] });
  for (const path of ['/livez', '/readyz', '/openapi.json']) expect(openApi.paths).toHaveProperty([path]);
});

describe('the console', () => {
  test('comes from the same origin under a policy that lets it reach the service and the store only', async () => {
    const { origin } = await started();
    const page = await fetch(`${origin}/`);
    expect(await page.text()).toContain('<title>Valetkey</title>');
    const csp = page.headers.get('content-security-policy') ?? '';
    expect(csp).toContain("default-src 'none'");
    expect(csp).toContain("connect-src 'self' http://127.0.0.1:9;");
    expect(csp).not.toMatch(/unsafe|\*/);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const asset = await fetch(`${origin}/assets/app-1a2b.js`);
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect(await (await fetch(`${origin}/console.json`)).json()).toEqual({ policies: ['files'] });
  });

  test.each([
    '/../valetkey.yaml',
    '/..%2fvaletkey.yaml',
    '/%2e%2e/secrets',
    '/assets/..%5c..%5csecrets',
    '/nothing',
  ])('%s is not served', async (address) => {
    const { origin } = await started();
    const response = await fetch(origin + address);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'not-found' });
  });
});

describe('a configuration', () => {
  async function refused(parts: ConfigurationParts, prepare?: (folder: string) => Promise<void>) {
    const { folder, file } = await configurationFolder(nowhere, parts);
    await prepare?.(folder);
    const signer = runSigner(['--config', file, '--check']);
    const status = await signer.ended;
    return { status, output: signer.output() };
  }
  const server = (folder: string, overrides: object) => ({
    server: {
      listen: '127.0.0.1:0',
      secrets: { file: path.join(folder, 'secrets') },
      auth: [{ kind: 'anonymous' }],
      ...overrides,
    },
  });

  test('that allows files which its rate limit never lets through is valid, and says so', async () => {
    const uploads = {
      name: 'uploads',
      subjects: [{ kind: 'user' }],
      store: 'media',
      bucket: 'user-media',
      actions: ['upload'],
      keys: ['up/{uuid}'],
      upload: { maxSize: '2Mi', contentTypes: ['image/*'] },
      rateLimit: { bytes: '1Mi/1h' },
    };
    const { file } = await configurationFolder(nowhere);
    const { server: settings } = JSON.parse(await readFile(file, 'utf8'));
    const { status, output } = await refused({
      policies: [uploads],
      server: { ...settings, console: undefined },
    });
    expect(status).toBe(0);
    expect(output).toContain('warning: uploads: size-over-rate-limit: Files of up to 2097152 bytes');
  });

  test('that allows what is rarely meant is valid, and says what', async () => {
    const wide = {
      name: 'wide',
      subjects: [{ kind: 'user' }],
      store: 'media',
      bucket: 'user-media',
      actions: ['download'],
      keys: ['{rest}'],
      lifetime: { max: '1h' },
    };
    const { file } = await configurationFolder(nowhere);
    const configuration = JSON.parse(await readFile(file, 'utf8'));
    const { server: settings } = configuration;
    const outcome = await refused({ policies: [wide], server: { ...settings, console: undefined } });
    expect(outcome).toEqual({
      status: 0,
      output:
        'valid: 1 stores, 1 policies\nwarning: wide: covers-whole-bucket: A pattern of {rest} alone covers every key of the bucket. Begin the pattern with a folder.\n',
    });
  });

  test('that is right is said to be, without listening', async () => {
    expect(await refused({})).toEqual({ status: 0, output: 'valid: 1 stores, 1 policies\n' });
  });

  test.each([
    [
      'without policies',
      { policies: [] },
      /invalid-policy: .* policies: expected at least one policy for user subjects.*got none/,
    ],
    [
      'without server',
      { server: undefined },
      /invalid-configuration: .* server: expected the part of the signing service/,
    ],
    [
      'with an unknown field',
      server('/tmp', { lissten: 'x' }),
      /unknown-field: .*valetkey\.yaml:\d+ server\.lissten/,
    ],
    [
      'with policies that are for nobody it lets in',
      server('/tmp', {}),
      /at least one policy for anonymous subjects, whom server\.auth lets in, got none that is for them/,
    ],
    [
      'with an origin that is a URL',
      server('/tmp', { corsOrigins: ['https://app.example.com/'] }),
      /an origin such as https:\/\/app\.example\.com, got "https:\/\/app\.example\.com\/"/,
    ],
    [
      'with a request header that is none',
      server('/tmp', { corsHeaders: ['x csrf'] }),
      /the name of a header, such as x-csrf-token, got "x csrf"/,
    ],
    [
      'with a basePath that ends in a slash',
      server('/tmp', { basePath: '/sign/' }),
      /a path such as \/ or \/sign/,
    ],
  ])('%s is refused with the reason and the line', async (_title, parts, message) => {
    const { status, output } = await refused(parts);
    expect(output).toMatch(message);
    expect(status).toBe(2);
  });

  test.each([
    [
      'is not there',
      (folder: string) => rm(path.join(folder, 'secrets')),
      /a file that can be read, got ENOENT. Make one with: openssl rand -base64 32 >/,
    ],
    [
      'is empty',
      (folder: string) => writeFile(path.join(folder, 'secrets'), '\n'),
      /at least one secret, got an empty file/,
    ],
    [
      'is too short',
      (folder: string) => writeFile(path.join(folder, 'secrets'), 'c2hvcnQ=\n'),
      /secrets:1: expected at least 32 bytes in base64/,
    ],
  ])('whose secrets file %s is refused with how to make one', async (_title, prepare, message) => {
    const { status, output } = await refused({}, prepare);
    expect(output).toMatch(message);
    expect(output).not.toContain('c2hvcnQ=');
    expect(status).toBe(2);
  });
});

test('an address that is taken is named', async () => {
  const { origin } = await started();
  const { file } = await configurationFolder(nowhere);
  const text = JSON.parse(await readFile(file, 'utf8')) as {
    server: { listen: string };
  };
  text.server.listen = origin.slice('http://'.length);
  await writeFile(file, JSON.stringify(text));
  const second = runSigner(['--config', file]);
  expect(await second.ended).toBe(2);
  expect(second.output()).toMatch(/server\.listen: expected an address that is free, got .*EADDRINUSE/);
});

test('--help shows examples; an unknown flag shows usage and ends with 2', async () => {
  const help = runSigner(['--help']);
  expect(await help.ended).toBe(0);
  expect(help.output()).toContain('Examples:');
  const wrong = runSigner(['--port', '1']);
  expect(await wrong.ended).toBe(2);
  expect(wrong.output()).toContain('Usage: valetkey-signer');
});
