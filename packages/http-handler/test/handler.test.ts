import { systemClock } from '@valetkey/core';
import { createBucket, putObject, requireEngine } from '@valetkey/testbed';
import { describe, expect, inject, test } from 'vitest';

import { problemSchema, toOpenApi } from '@valetkey/protocol';
import { follow, nowhere, serviceOver, serviceUnderTest, type Json } from './service-under-test.ts';

const files = {
  name: 'files',
  subjects: [{ kind: 'user' }],
  actions: ['download', 'list', 'upload'],
  keys: ['files/{sub}/{any}'],
  lifetime: { default: '5m', max: '15m' },
  upload: { maxSize: '5Mi', minSize: 1, maxFiles: 3, contentTypes: ['image/png'] },
  download: { cacheWindow: '1m' },
};

const offline = () => serviceOver(nowhere, [files], { corsOrigins: ['https://app.example.com'] });

describe('downloads', () => {
  test('a URL downloads the object; the same address without its query is refused', async () => {
    // It stands still, so that no window ends between the signing and the answer.
    const nowMs = systemClock.now();
    const under = await serviceUnderTest([files], { clock: { now: () => nowMs } });
    await putObject(under.s3, {
      bucket: under.bucket,
      key: 'files/ann/a b+ü.txt',
      body: 'text',
      contentType: 'text/plain',
    });
    const { body } = await under.post('/v1/downloads', {
      policy: 'files',
      items: [
        { ref: 'one', key: 'files/ann/a b+ü.txt', disposition: 'attachment', filename: 'Übersicht "1".txt' },
      ],
      expiresInSeconds: 60,
    });
    const [item] = body.items;
    expect(item).toMatchObject({ ref: 'one', method: 'GET', headers: {}, limitedBy: 'asked' });
    const response = await follow(item);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('text');
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="_bersicht _1_.txt"; filename*=UTF-8''%C3%9Cbersicht%20%221%22.txt`,
    );
    expect((await fetch(item.url.split('?')[0])).status).toBe(403);
    // What was asked, and what is left of the policy's cache window.
    expect(Date.parse(body.serverTime)).toBe(nowMs);
    expect(Date.parse(item.expiresAt) - nowMs).toBe(60_000 + (60_000 - (nowMs % 60_000)));
  });

  test("another subject's object is answered like one that is not there, however it is asked for", async () => {
    const under = await serviceUnderTest([files]);
    const { bucket } = under;
    for (const key of ['files/bob/secret.txt', 'files/ann/own.txt']) {
      await putObject(under.s3, { bucket, key, body: 'text', contentType: 'text/plain' });
    }
    const ask = async (key: string) => {
      const { body } = await under.post('/v1/downloads', { policy: 'files', items: [{ key }] });
      const address = `http://signer/v1/objects/files/${key}`;
      const redirect = await under.handler(
        new Request(address, { headers: { authorization: 'Bearer ann' } }),
      );
      const { requestId: _own, ...problem } = body.items[0].problem ?? {};
      const text = await redirect.text();
      const { requestId: _other, ...inBody }: Json = text === '' ? {} : JSON.parse(text);
      return { problem, status: redirect.status, inBody };
    };
    const there = await ask('files/bob/secret.txt');
    expect(there).toMatchObject({
      status: 403,
      problem: { code: 'forbidden', detail: 'The request is not allowed.' },
    });
    expect(await ask('files/bob/absent.txt')).toEqual(there);
    expect(under.refusals[0]).toMatchObject({ code: 'key-not-allowed', got: '"files/bob/secret.txt"' });
    // Whether one's own object is there is for the store to say.
    const own = await ask('files/ann/own.txt');
    expect(own).toEqual({ problem: {}, status: 302, inBody: {} });
    expect(await ask('files/ann/absent.txt')).toEqual(own);
  });

  test('a lifetime over the maximum is refused with the limit, never trimmed', async () => {
    const { body } = await offline().post('/v1/downloads', {
      policy: 'files',
      items: [{ key: 'files/ann/a.txt' }],
      expiresInSeconds: 901,
    });
    expect(body.items[0].problem).toMatchObject({
      code: 'lifetime-too-long',
      detail: expect.stringContaining('at most 900 seconds, got 901 seconds'),
    });
  });

  test.each([0, -1, 604_801])('a lifetime of %d is no lifetime', async (expiresInSeconds) => {
    const { body } = await offline().post('/v1/downloads', {
      policy: 'files',
      items: [{ key: 'files/ann/a.txt' }],
      expiresInSeconds,
    });
    expect(body.items[0].problem.code).toBe('invalid-lifetime');
  });

  test('an object address redirects, and the redirect may be kept for the window of the policy', async () => {
    const under = await serviceUnderTest([files]);
    await putObject(under.s3, {
      bucket: under.bucket,
      key: 'files/ann/ü 1.txt',
      body: 'text',
      contentType: 'text/plain',
    });
    const response = await under.handler(
      new Request('http://signer/v1/objects/files/files/ann/%C3%BC%201.txt', {
        headers: { authorization: 'Bearer ann' },
      }),
    );
    expect(response.status).toBe(302);
    const [, maxAge] = /^private, max-age=(\d+)$/.exec(response.headers.get('cache-control') ?? '') ?? [];
    expect(Number(maxAge)).toBeGreaterThan(0);
    expect(Number(maxAge)).toBeLessThanOrEqual(60);
    expect(await (await fetch(response.headers.get('location') ?? '')).text()).toBe('text');
    const head = await under.handler(
      new Request('http://signer/v1/objects/files/files/ann/%C3%BC%201.txt', {
        method: 'HEAD',
        headers: { authorization: 'Bearer ann' },
      }),
    );
    expect((await fetch(head.headers.get('location') ?? '', { method: 'HEAD' })).status).toBe(200);
  });
});

describe('within the cache window of a policy', () => {
  const noon = Date.parse('2026-11-25T12:00:00Z');
  const at = (nowMs: number) => serviceOver(nowhere, [files], { clock: { now: () => nowMs } });
  const redirectAt = async (nowMs: number) => {
    const request = new Request('http://signer/v1/objects/files/files/ann/a.png', {
      headers: { authorization: 'Bearer ann' },
    });
    const { headers } = await at(nowMs).handler(request);
    return { location: headers.get('location') ?? '', kept: headers.get('cache-control') };
  };

  test('a redirect that is kept is kept for whoever asked only, also where cookies tell who', async () => {
    const request = new Request('http://signer/v1/objects/files/files/ann/a.png', {
      headers: { authorization: 'Bearer ann' },
    });
    const { headers } = await at(noon).handler(request);
    expect(headers.get('vary')).toBe('Authorization, Cookie, Origin');
  });

  test('everybody is redirected to the same URL, for as long as is left of the window', async () => {
    const first = await redirectAt(noon);
    const last = await redirectAt(noon + 59_000);
    expect(last.location).toBe(first.location);
    expect([first.kept, last.kept]).toEqual(['private, max-age=60', 'private, max-age=1']);
    const next = await redirectAt(noon + 60_000);
    expect(next.location).not.toBe(first.location);
    // The policy's five minutes are left at the window's end.
    expect(new URL(first.location).searchParams.get('X-Amz-Expires')).toBe('360');
  });

  test('URLs of a batch are the same too, and live at least as long as was asked', async () => {
    const ask = async (nowMs: number) => {
      const body = { policy: 'files', items: [{ key: 'files/ann/a.png' }], expiresInSeconds: 900 };
      return (await at(nowMs).post('/v1/downloads', body)).body.items[0];
    };
    const [first, last] = [await ask(noon), await ask(noon + 59_000)];
    expect(last.url).toBe(first.url);
    expect(Date.parse(last.expiresAt)).toBe(noon + 960_000);
  });
});

describe.each(['seaweedfs', 'versitygw'] as const)('a listing on %s', (engine) => {
  test("shows the subject's own keys, whatever characters they hold, and folds folders", async () => {
    const s3 = requireEngine(inject('engines'), engine);
    const bucket = `list-${engine}-${process.pid}`;
    await createBucket(s3, bucket);
    const keys = [
      'files/ann/a b.txt',
      'files/ann/a+b.txt',
      'files/ann/ü&<é>.txt',
      'files/ann/50%.txt',
      'files/bob/x.txt',
      'files/anna/y.txt',
      'files/ann/deep/z.txt',
    ];
    for (const key of keys) await putObject(s3, { bucket, key, body: 'text', contentType: 'text/plain' });
    const under = serviceOver({ s3, bucket }, [
      { ...files, keys: ['files/{sub}/{any}', 'files/{sub}/deep/{any}'] },
    ]);
    const { status, body } = await under.get('/v1/objects?policy=files');
    expect(status).toBe(200);
    expect(body.items.map(({ key }: { key: string }) => key).sort()).toEqual(keys.slice(0, 4).sort());
    expect(body.items[0]).toMatchObject({
      bytes: 4,
      etag: expect.stringContaining('"'),
      lastModified: expect.stringMatching(/^\d{4}-/),
    });
    expect(body).toMatchObject({ prefix: 'files/ann/', prefixes: ['files/ann/deep/'] });
    expect((await under.get('/v1/objects?policy=files&prefix=files/bob/')).body).toMatchObject({
      code: 'forbidden',
    });
  });

  test('a cursor that nobody gave is the caller’s mistake, or the first page', async () => {
    const s3 = requireEngine(inject('engines'), engine);
    const bucket = `cursor-${engine}-${process.pid}`;
    await createBucket(s3, bucket);
    const under = serviceOver({ s3, bucket }, [files]);
    for (const cursor of ['junk', '%F0%9F%94%91', 'a'.repeat(900), '..%2F..%2F', '%00']) {
      const { status, body } = await under.get(`/v1/objects?policy=files&cursor=${cursor}`);
      expect([200, 400], cursor).toContain(status);
      expect(JSON.stringify(body)).not.toContain('X-Amz-');
    }
  });
});

test('a store that is down is a retryable problem that names no address, and the operator hears of it', async () => {
  const under = offline();
  const { status, body } = await under.get('/v1/objects?policy=files');
  expect({ status, body }).toMatchObject({
    status: 503,
    body: { code: 'store-unavailable', retryable: true, detail: 'The store cannot be reached.' },
  });
  expect(String(under.failures[0])).toContain('http://127.0.0.1:9');
  expect(JSON.stringify(body)).not.toContain('127.0.0.1');
});

test('limits say what a user interface may offer, with an ETag', async () => {
  const under = offline();
  const ask = (headers: Record<string, string> = {}) =>
    under.handler(
      new Request('http://signer/v1/policies/files', {
        headers: { authorization: 'Bearer ann', ...headers },
      }),
    );
  const response = await ask();
  expect(await response.json()).toEqual({
    policy: 'files',
    actions: ['download', 'list', 'upload'],
    maxFileBytes: 5 * 1024 * 1024,
    minFileBytes: 1,
    accept: ['image/png'],
    maxFiles: 3,
    multipartThresholdBytes: 16 * 1024 * 1024,
    lifetimeSeconds: { default: 300, max: 900, effectiveMax: 900, limitedBy: 'policy' },
    checksum: 'optional',
    checksumAlgorithms: ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'],
  });
  const etag = response.headers.get('etag') ?? '';
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    expect((await ask({ 'if-none-match': known })).status, known).toBe(304);
  }
  for (const other of ['"other"', etag.slice(1, -1), `${'"a",'.repeat(3000)}"b"`, '']) {
    expect((await ask({ 'if-none-match': other })).status, other).toBe(200);
  }
});

test('credentials that end soon bound what is offered and what is signed, and those that have ended sign nothing', async () => {
  const nowMs = Date.parse('2026-11-24T12:00:00Z');
  const over = (credentialsExpireAtMs: number) =>
    serviceOver(offline(), [files], { clock: { now: () => nowMs }, credentialsExpireAtMs });
  const download = { policy: 'files', items: [{ key: 'files/ann/a' }], expiresInSeconds: 900 };
  const soon = over(nowMs + 6 * 60_000);
  expect((await soon.get('/v1/policies/files')).body.lifetimeSeconds).toMatchObject({
    max: 900,
    effectiveMax: 300,
    limitedBy: 'credentials',
  });
  expect((await soon.post('/v1/downloads', download)).body.items[0]).toMatchObject({
    expiresAt: '2026-11-24T12:05:00Z',
    limitedBy: 'credentials',
  });
  const ended = over(nowMs + 30_000);
  expect((await ended.post('/v1/downloads', download)).body.items[0].problem).toMatchObject({
    code: 'credentials-expired',
    status: 503,
    retryable: true,
    detail: 'The credentials have expired.',
  });
  expect(ended.failures).toHaveLength(1);
});

describe('a request', () => {
  const raw = (path: string, init: RequestInit) =>
    offline().handler(new Request(`http://signer${path}`, { method: 'POST', ...init }));
  const json = { authorization: 'Bearer ann', 'content-type': 'application/json' };

  test.each([
    [
      'of nobody',
      { headers: { 'content-type': 'application/json' }, body: '{"policy":"files","items":[{"key":"k"}]}' },
      401,
      'unauthenticated',
      /not known/,
    ],
    ['without a body', { headers: json }, 400, 'invalid-body', /expected JSON/],
    ['with broken JSON', { headers: json, body: '{"policy":' }, 400, 'invalid-body', /expected JSON/],
    [
      'that is not UTF-8',
      { headers: json, body: Uint8Array.of(0x7b, 0xff, 0x7d) },
      400,
      'invalid-body',
      /expected UTF-8/,
    ],
    [
      'with an unknown field',
      { headers: json, body: '{"policy":"files","items":[{"key":"k","bucket":"other"}]}' },
      400,
      'unknown-field',
      /"items.0.bucket"/,
    ],
    [
      'of another content type',
      { headers: { ...json, 'content-type': 'text/plain' }, body: '{}' },
      415,
      'unsupported-media-type',
      /expected application\/json, got "text\/plain"/,
    ],
    [
      'that is compressed',
      { headers: { ...json, 'content-encoding': 'gzip' }, body: '{"policy":"files","items":[{"key":"k"}]}' },
      415,
      'unsupported-media-type',
      /content-encoding: expected none, got "gzip"/,
    ],
    [
      'without a content type',
      { headers: { authorization: 'Bearer ann' }, body: new Blob(['{}']) },
      415,
      'unsupported-media-type',
      /got none/,
    ],
    [
      'with 2 MiB of junk',
      { headers: json, body: 'x'.repeat(2 * 1024 * 1024) },
      413,
      'body-too-large',
      /at most 1048576 bytes/,
    ],
    [
      'nested 33 levels deep',
      { headers: json, body: '['.repeat(33) + ']'.repeat(33) },
      400,
      'invalid-body',
      /at most 32 levels/,
    ],
    [
      'with 1001 items',
      {
        headers: json,
        body: JSON.stringify({ policy: 'files', items: Array.from({ length: 1001 }, () => ({ key: 'k' })) }),
      },
      400,
      'invalid-body',
      /items/,
    ],
    [
      'for a policy that does not exist',
      { headers: json, body: '{"policy":"nope","items":[{"key":"k"}]}' },
      403,
      'forbidden',
      /^The request is not allowed\.$/,
    ],
  ])('%s is refused with what was expected', async (_title, init, status, code, detail) => {
    const response = await raw('/v1/downloads', init);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const problem = problemSchema.parse(await response.json());
    expect(problem).toMatchObject({ type: `urn:valetkey:problem:${code}`, code, status });
    expect(problem.detail).toMatch(detail);
    expect(problem.requestId).toBe(response.headers.get('x-request-id'));
  });

  test('to an address that is not there is told so', async () => {
    expect(await (await raw('/v1/nothing', { headers: json, body: '{}' })).json()).toMatchObject({
      code: 'not-found',
      status: 404,
    });
  });

  test.each([
    ['GET', '/v1/downloads', 'POST'],
    ['DELETE', '/v1/uploads/parts', 'POST'],
    ['PUT', '/v1/objects/files/files/ann/a.png', 'GET, HEAD'],
    ['POST', '/v1/objects', 'GET, HEAD'],
    ['PATCH', '/v1/policies/files', 'GET, HEAD'],
    ['POST', '/openapi.json', 'GET, HEAD'],
  ])('by %s to %s is told which methods there are', async (method, path, allow) => {
    const request = new Request(`http://signer${path}`, { method, headers: { authorization: 'Bearer ann' } });
    const response = await offline().handler(request);
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
    expect(await response.json()).toMatchObject({ code: 'method-not-allowed', status: 405 });
  });

  test('carries manners back: not kept, not sniffed, no referrer', async () => {
    const { headers } = await raw('/v1/downloads', {
      headers: json,
      body: '{"policy":"files","items":[{"key":"files/ann/a"}]}',
    });
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      vary: 'Origin',
    });
  });
});

describe('CORS', () => {
  const preflight = (origin: string) =>
    offline().handler(
      new Request('http://signer/v1/uploads', {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
      }),
    );

  test('a page may send the headers that are named, beside the usual ones', async () => {
    const origin = 'https://app.example.com';
    const { handler } = serviceOver(nowhere, [files], {
      corsOrigins: [origin],
      corsHeaders: ['x-csrf-token', 'X-Tenant'],
    });
    const { headers } = await handler(
      new Request('http://signer/v1/uploads', {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      }),
    );
    expect(headers.get('access-control-allow-headers')).toBe(
      'authorization, content-type, traceparent, x-csrf-token, X-Tenant',
    );
  });

  test.each([true, false])(
    'cookies are let through only where that is asked for: %s',
    async (corsCredentials) => {
      const origin = 'https://app.example.com';
      const { handler } = serviceOver(nowhere, [files], { corsOrigins: [origin], corsCredentials });
      const asked = { 'access-control-request-method': 'POST' };
      const url = 'http://signer/v1/downloads';
      const allowed = await handler(new Request(url, { method: 'OPTIONS', headers: { origin, ...asked } }));
      const answered = await handler(new Request(url, { method: 'POST', headers: { origin } }));
      for (const { headers } of [allowed, answered]) {
        expect(headers.get('access-control-allow-credentials')).toBe(corsCredentials ? 'true' : null);
      }
      const other = await handler(
        new Request(url, { method: 'OPTIONS', headers: { origin: 'https://evil.example', ...asked } }),
      );
      expect(other.headers.has('access-control-allow-credentials')).toBe(false);
    },
  );

  test('lets a listed origin in', async () => {
    const { status, headers } = await preflight('https://app.example.com');
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(headers.get('vary')).toBe('Origin');
  });

  test.each(['https://app.example.com.evil.example', 'http://app.example.com', 'null'])(
    'keeps %s out',
    async (origin) => {
      const { status, headers } = await preflight(origin);
      expect(status).toBe(403);
      expect(headers.has('access-control-allow-origin')).toBe(false);
    },
  );
});

test('rate limits answer 429 with when to come back, each subject for itself', async () => {
  const under = offline();
  const limited = serviceOver(under, [
    { ...files, keys: ['files/{sub}/{name}'], rateLimit: { requests: '2/1h', bytes: '10/1h' } },
  ]);
  const ask = (who: string) =>
    limited.post('/v1/downloads', { policy: 'files', items: [{ key: `files/${who}/a` }] }, who);
  expect((await ask('ann')).status).toBe(200);
  expect((await ask('ann')).status).toBe(200);
  const { status, body } = await ask('ann');
  expect({ status, code: body.code, retryable: body.retryable }).toEqual({
    status: 429,
    code: 'rate-limited',
    retryable: true,
  });
  expect(body.retryAfterMs).toBeGreaterThan(0);
  expect((await ask('bob')).status).toBe(200);
  const upload = (bytes: number) => ({
    ref: 'a',
    nonce: `nonce-nonce-${bytes}`,
    name: 'a.png',
    bytes,
    type: 'image/png',
  });
  const begin = (bytes: number) =>
    limited.post('/v1/uploads', { policy: 'files', files: [upload(bytes)] }, 'eve');
  expect((await begin(9)).status).toBe(200);
  expect((await begin(8)).status).toBe(429);
});

describe('a limit of bytes', () => {
  const limited = {
    ...files,
    keys: ['files/{sub}/{uuid}'],
    upload: { maxSize: 8, contentTypes: ['image/png'] },
    rateLimit: { requests: '9/1h', bytes: '10/1h' },
  };
  const file = (bytes: number, nonce: string, more: object = {}) => ({
    ref: nonce,
    nonce: `nonce-nonce-${nonce}`,
    name: 'a.png',
    bytes,
    type: 'image/png',
    ...more,
  });
  const start = () => {
    const { post } = serviceOver(nowhere, [limited]);
    return async (...batch: readonly object[]) => {
      const { status, body } = await post('/v1/uploads', { policy: 'files', files: batch });
      return status === 200 ? body.uploads.map((one: Json) => one.problem?.code ?? one.mode) : status;
    };
  };

  test('counts what the policy allows, and of what it refuses nothing', async () => {
    const begin = start();
    expect(await begin(file(9, 'a'), file(8, 'b'))).toEqual(['file-too-large', 'put']);
    expect(await begin(file(2, 'c'))).toEqual(['put']);
    expect(await begin(file(1, 'd'))).toBe(429);
  });

  test('counts nothing of a batch that does not fit, so that a smaller one still does', async () => {
    const begin = start();
    expect(await begin(file(8, 'a'))).toEqual(['put']);
    expect(await begin(file(1, 'b'), file(8, 'c'))).toBe(429);
    expect(await begin(file(8, 'c'))).toBe(429);
    expect(await begin(file(2, 'd'))).toEqual(['put']);
  });

  test('refuses a file for good that it could never let through, and says how large one may be', async () => {
    const policy = { ...limited, upload: { maxSize: 20, contentTypes: ['image/png'] } };
    const under = serviceOver(nowhere, [policy]);
    const { body } = await under.post('/v1/uploads', {
      policy: 'files',
      files: [file(11, 'a'), file(10, 'b')],
    });
    expect(body.uploads[0].problem).toMatchObject({
      code: 'file-too-large',
      status: 413,
      retryable: false,
      detail: expect.stringContaining(
        "at most 10 bytes, which is all that the policy's rate limit lets through",
      ),
      limits: { maxFileBytes: 10 },
    });
    expect(body.uploads[0].problem).not.toHaveProperty('retryAfterMs');
    expect(body.uploads[1].mode).toBe('put');
    expect(under.refusals).toMatchObject([{ code: 'file-too-large', got: '11 bytes' }]);
    expect((await under.get('/v1/policies/files')).body.maxFileBytes).toBe(10);
  });

  test('lets begin what one window holds of a batch, and says of the rest when to come back', async () => {
    const under = serviceOver(nowhere, [limited]);
    const files = [file(6, 'a'), file(5, 'b'), file(4, 'c')];
    const { status, body } = await under.post('/v1/uploads', { policy: 'files', files });
    expect(status).toBe(200);
    expect(body.uploads.map((one: Json) => one.problem?.code ?? one.mode)).toEqual([
      'put',
      'rate-limited',
      'put',
    ]);
    expect(body.uploads[1].problem).toMatchObject({ retryable: true, retryAfterMs: 3_600_000 });
    // None of it is counted twice, nor what was not let begin.
    const again = await under.post('/v1/uploads', { policy: 'files', files: [files[0], files[2]] });
    expect(again.status).toBe(200);
  });

  test('counts an upload once, however often it is begun, and another as another', async () => {
    const begin = start();
    expect(await begin(file(8, 'a'))).toEqual(['put']);
    expect(await begin(file(8, 'a', { retry: true }))).toEqual(['put']);
    expect(await begin(file(8, 'a'), file(2, 'b'), file(2, 'b'))).toEqual(['put', 'put', 'put']);
    expect(await begin(file(7, 'a', { retry: true }))).toBe(429);
  });

  test('gives no upload free that it refused before', async () => {
    const begin = start();
    expect(await begin(file(8, 'a'))).toEqual(['put']);
    for (let round = 0; round < 3; round += 1) expect(await begin(file(8, 'b', { retry: true }))).toBe(429);
  });

  test('still counts refused requests as requests', async () => {
    const begin = start();
    for (let round = 0; round < 9; round += 1) {
      expect(await begin(file(9, 'a'))).toEqual(['file-too-large']);
    }
    expect(await begin(file(1, 'b'))).toBe(429);
  });
});

test('a batch is one request, and a batch over the limit is refused as a whole', async () => {
  const under = offline();
  const limited = serviceOver(under, [
    { ...files, keys: ['files/{sub}/{uuid}'], rateLimit: { requests: '3/1h' } },
  ]);
  const upload = (ref: string) => ({
    ref,
    nonce: `nonce-nonce-${ref}`,
    name: 'a.png',
    bytes: 1,
    type: 'image/png',
  });
  const { body } = await limited.post('/v1/uploads', { policy: 'files', files: ['a', 'b', 'c'].map(upload) });
  const items = body.uploads.map(({ id }: { id: string }) => ({ id }));
  expect((await limited.post('/v1/uploads/sign', { items })).status).toBe(200);
  expect((await limited.post('/v1/uploads/sign', { items })).status).toBe(200);
  expect(await limited.post('/v1/uploads/sign', { items })).toMatchObject({
    status: 429,
    body: { code: 'rate-limited' },
  });
});

test('what receipts are verified with is told to everybody, and may be kept a while', async () => {
  const response = await offline().handler(new Request('http://signer/v1/receipts/keys'));
  expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'public, max-age=300']);
  expect(await response.json()).toEqual({ keys: [] });
});

test('every route of the OpenAPI document is served', async () => {
  const under = offline();
  for (const [path, operations] of Object.entries(
    toOpenApi()['paths'] as Record<string, Record<string, unknown>>,
  )) {
    for (const method of Object.keys(operations)) {
      const response = await under.handler(
        new Request(`http://signer${path.replaceAll(/[{}]/g, '')}`, { method: method.toUpperCase() }),
      );
      expect([404, 405]).not.toContain(response.status);
    }
  }
  expect((await under.get('/openapi.json')).body.openapi).toBe('3.1.0');
});
