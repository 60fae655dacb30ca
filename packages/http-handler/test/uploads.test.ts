import { createHash } from 'node:crypto';

import { putObject } from '@valetkey/testbed';
import { describe, expect, test } from 'vitest';

import { verifyReceipt } from '../src/index.ts';
import { follow, secret, serviceUnderTest, type Json } from './service-under-test.ts';

const uploads = {
  name: 'uploads',
  subjects: [{ kind: 'user' }],
  actions: ['upload', 'download', 'list'],
  keys: ['uploads/{sub}/{uuid}/{name}'],
  upload: { maxSize: '1Mi', minSize: 1, contentTypes: ['text/plain', 'image/png'], metadata: ['caption'] },
};
const named = {
  ...uploads,
  name: 'named',
  keys: ['named/{name}'],
  upload: { ...uploads.upload, overwrite: false },
};

const file = (overrides: Json = {}): Json => ({
  ref: 'a',
  nonce: 'nonce-nonce-1',
  name: 'hello.txt',
  bytes: 5,
  type: 'text/plain',
  ...overrides,
});

async function begin(under: Awaited<ReturnType<typeof serviceUnderTest>>, overrides: Json = {}, who = 'ann') {
  const policy = overrides.policy ?? 'uploads';
  const { policy: _policy, ...rest } = overrides;
  const { body } = await under.post('/v1/uploads', { policy, files: [file(rest)] }, who);
  return body.uploads[0];
}

describe.each(['seaweedfs', 'versitygw'] as const)('on %s', (engine) => {
  test('an upload goes begin, PUT, complete; the receipt says what the store holds', async () => {
    const under = await serviceUnderTest([uploads], { engine });
    const upload = await begin(under, { metadata: { caption: 'Grüße' } });
    expect(upload).toMatchObject({
      mode: 'put',
      key: expect.stringMatching(/^uploads\/ann\/[0-9a-f-]{36}\/hello\.txt$/),
    });
    expect(Object.keys(upload.request.headers)).not.toContain('content-length');

    expect((await under.post('/v1/uploads/status', { items: [{ id: upload.id }] })).body.items).toEqual([
      { status: 'open', bytes: 5 },
    ]);
    expect((await follow(upload.request, 'hello')).status).toBe(200);
    const items = [{ id: upload.id }];
    const { body } = await under.post('/v1/uploads/complete', { items });
    const [done] = body.items;
    expect(done).toMatchObject({ key: upload.key, bytes: 5 });
    expect(done.etag.replaceAll('"', '')).toBe(createHash('md5').update('hello').digest('hex'));
    await expect(verifyReceipt(done.receipt, { secrets: [secret] })).resolves.toMatchObject({
      policy: 'uploads',
      subject: { kind: 'user', id: 'ann' },
      key: upload.key,
      bytes: 5,
      type: 'text/plain',
      etag: done.etag,
    });
    expect((await under.post('/v1/uploads/status', { items })).body.items).toEqual([
      { status: 'completed', bytes: 5 },
    ]);
    expect((await under.post('/v1/uploads/complete', { items })).body.items[0]).toMatchObject({
      etag: done.etag,
    });
    expect((await under.post('/v1/uploads/abort', { items })).body.items).toEqual([{ aborted: true }]);
  });

  test('complete before the PUT says that nothing is there, and the same id still works after it', async () => {
    const under = await serviceUnderTest([uploads], { engine });
    const upload = await begin(under);
    const items = [{ id: upload.id }];
    expect((await under.post('/v1/uploads/complete', { items })).body.items[0].problem).toMatchObject({
      code: 'upload-not-found',
      status: 404,
    });
    await follow(upload.request, 'hello');
    expect((await under.post('/v1/uploads/complete', { items })).body.items[0]).toMatchObject({ bytes: 5 });
  });

  test.each([
    ['another size', (request: Json) => ({ ...request, body: 'hello!' })],
    [
      'another type',
      (request: Json) => ({ ...request, headers: { ...request.headers, 'content-type': 'text/html' } }),
    ],
    [
      'another marker',
      (request: Json) => ({
        ...request,
        headers: { ...request.headers, 'x-amz-meta-valetkey-upload': '0'.repeat(32) },
      }),
    ],
    ['another key', (request: Json) => ({ ...request, url: request.url.replace('hello.txt', 'other.txt') })],
  ])('a client that sends %s is refused by the store', async (_title, tamper) => {
    const under = await serviceUnderTest([uploads], { engine });
    const { request } = await begin(under);
    const tampered = tamper(request);
    expect((await follow(tampered, tampered.body ?? 'hello')).status).toBe(403);
  });
});

test('a replay with the same nonce gives the same key; another file, nonce or subject another one', async () => {
  const under = await serviceUnderTest([uploads]);
  const { key } = await begin(under);
  expect((await begin(under, { retry: true })).key).toBe(key);
  const others = [
    await begin(under, { bytes: 6 }),
    await begin(under, { nonce: 'nonce-nonce-2' }),
    await begin(under, { type: 'image/png' }),
    await begin(under, {}, 'bob'),
  ];
  expect(new Set([key, ...others.map((other) => other.key)]).size).toBe(5);
});

test('two files of one name: both are kept where the key has a uuid', async () => {
  const under = await serviceUnderTest([uploads]);
  for (const [nonce, text] of [
    ['nonce-nonce-1', 'hello'],
    ['nonce-nonce-2', 'world'],
  ] as const) {
    const upload = await begin(under, { nonce });
    await follow(upload.request, text);
    const { body } = await under.post('/v1/uploads/complete', { items: [{ id: upload.id }] });
    expect(body.items[0]).toMatchObject({ key: upload.key, bytes: 5 });
  }
});

test('two files of one name: the second is refused where the key is the name and nothing may be replaced', async () => {
  const under = await serviceUnderTest([named]);
  const first = await begin(under, { policy: 'named' });
  const second = await begin(under, { policy: 'named', nonce: 'nonce-nonce-2' });
  expect((await follow(first.request, 'hello')).status).toBe(200);
  expect((await follow(second.request, 'world')).status).toBe(412);
  const { body } = await under.post('/v1/uploads/complete', { items: [{ id: first.id }, { id: second.id }] });
  expect(body.items[0]).toMatchObject({ bytes: 5 });
  expect(body.items[1].problem).toMatchObject({ code: 'already-exists', status: 409 });
});

test('an object that was there before the upload began is no upload; one that came after supersedes it', async () => {
  const overwriting = { ...named, upload: { ...uploads.upload } };
  const under = await serviceUnderTest([overwriting]);
  await putObject(under.s3, {
    bucket: under.bucket,
    key: 'named/hello.txt',
    body: 'older',
    contentType: 'text/plain',
  });
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const upload = await begin(under, { policy: 'named' });
  const items = [{ id: upload.id }];
  expect((await under.post('/v1/uploads/status', { items })).body.items[0].status).toBe('open');
  await follow(upload.request, 'hello');
  expect((await under.post('/v1/uploads/status', { items })).body.items[0].status).toBe('completed');
  const other = await begin(under, { policy: 'named', nonce: 'nonce-nonce-2' });
  await follow(other.request, 'world');
  expect((await under.post('/v1/uploads/status', { items })).body.items[0].status).toBe('superseded');
  expect((await under.post('/v1/uploads/complete', { items })).body.items[0].problem).toMatchObject({
    code: 'superseded',
    status: 409,
  });
});

test.each([
  [
    'over the limit',
    { bytes: 1024 * 1024 + 1 },
    'file-too-large',
    /at most 1048576 bytes, got 1048577 bytes/,
  ],
  ['empty', { bytes: 0 }, 'file-too-small', /at least 1 bytes, got 0 bytes/],
  ['of another type', { type: 'text/html' }, 'type-not-allowed', /text\/plain, image\/png, got "text\/html"/],
  [
    'with metadata that the policy does not list',
    { metadata: { owner: 'x' } },
    'invalid-metadata',
    /caption/,
  ],
])(
  'a file %s is refused with the limit, and the others of the batch go on',
  async (_title, overrides, code, detail) => {
    const under = await serviceUnderTest([uploads]);
    const { status, body } = await under.post('/v1/uploads', {
      policy: 'uploads',
      files: [file(overrides), file({ ref: 'b' })],
    });
    expect(status).toBe(200);
    expect(body.uploads[0]).toMatchObject({
      ref: 'a',
      problem: {
        code,
        detail: expect.stringMatching(detail),
        limits: {
          maxFileBytes: 1024 * 1024,
          minFileBytes: 1,
          accept: ['text/plain', 'image/png'],
          checksum: 'optional',
        },
      },
    });
    expect(body.uploads[1]).toMatchObject({ ref: 'b', mode: 'put' });
  },
);

test.each([
  ['../../etc/passwd', 'passwd'],
  ['a\u0000b\nc.txt', 'a-b-c.txt'],
  ['🎉 party 🎉.txt', '-party-.txt'],
  [`${'n'.repeat(296)}.txt`, `${'n'.repeat(96)}.txt`],
  ['..', 'file'],
  ['C:\\Users\\ann\\hello.txt', 'hello.txt'],
])('a file named %j is kept as %s, and arrives', async (name, kept) => {
  const under = await serviceUnderTest([uploads]);
  const upload = await begin(under, { name });
  expect(upload.key.split('/').slice(3)).toEqual([kept]);
  expect((await follow(upload.request, 'hello')).status).toBe(200);
  const { body } = await under.post('/v1/uploads/complete', { items: [{ id: upload.id }] });
  expect(body.items[0]).toMatchObject({ key: upload.key });
});

test('a type left empty comes from the extension and must be sent', async () => {
  const under = await serviceUnderTest([uploads]);
  expect((await begin(under, { type: '' })).request.headers['content-type']).toBe('text/plain');
});

describe('the id of an upload', () => {
  test('is of no use to another subject, and the refusal is recorded', async () => {
    const under = await serviceUnderTest([uploads]);
    const { id } = await begin(under);
    for (const route of ['sign', 'status', 'complete', 'abort']) {
      const { body } = await under.post(`/v1/uploads/${route}`, { items: [{ id }] }, 'bob');
      expect(body.items[0].problem).toMatchObject({
        code: 'forbidden',
        status: 403,
        detail: 'The request is not allowed.',
      });
    }
    expect(under.refusals).toHaveLength(4);
    expect(under.refusals[0]).toMatchObject({ code: 'subject-not-allowed', got: 'user bob' });
  });

  test.each([
    // Not the last character: it has bits that mean nothing.
    [
      'with another tag',
      (id: string) =>
        id.replace(/\.(.)([^.]*)$/, (_all, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`),
    ],
    ['that is no token', () => 'junk'],
    [
      'with another kid',
      (id: string) =>
        [btoa('{"alg":"dir","enc":"A256GCM","kid":"x"}').replaceAll('=', ''), ...id.split('.').slice(1)].join(
          '.',
        ),
    ],
  ])('%s is not known', async (_title, change) => {
    const under = await serviceUnderTest([uploads]);
    const { id } = await begin(under);
    const { body } = await under.post('/v1/uploads/sign', { items: [{ id: change(id) }] });
    expect(body.items[0].problem).toMatchObject({ code: 'upload-not-found', status: 404 });
  });

  test('ends with its session', async () => {
    let nowMs = Date.now();
    const clock = { now: () => nowMs };
    const under = await serviceUnderTest([{ ...uploads, upload: { ...uploads.upload, session: '10m' } }], {
      clock,
    });
    const { id } = await begin(under);
    nowMs += 10 * 60_000;
    expect((await under.post('/v1/uploads/sign', { items: [{ id }] })).body.items[0].problem).toMatchObject({
      code: 'upload-expired',
      status: 410,
    });
    expect((await under.post('/v1/uploads/status', { items: [{ id }] })).body.items[0]).toEqual({
      status: 'expired',
      bytes: 5,
    });
  });

  test('survives one change of secrets and not two', async () => {
    const [older, newer, newest] = [1, 2, 3].map((fill) => new Uint8Array(32).fill(fill));
    if (!older || !newer || !newest) throw new Error('three secrets');
    const under = await serviceUnderTest([uploads], { secrets: [older] });
    const { id } = await begin(under);
    const signWith = async (secrets: readonly Uint8Array[]) => {
      const { serviceOver } = await import('./service-under-test.ts');
      return (await serviceOver(under, [uploads], { secrets }).post('/v1/uploads/sign', { items: [{ id }] }))
        .body.items[0];
    };
    expect(await signWith([newer, older])).toHaveProperty('request');
    expect((await signWith([newest, newer, older])).problem.code).toBe('upload-not-found');
  });

  test('gives a fresh request for the same key, which the store takes', async () => {
    const under = await serviceUnderTest([uploads]);
    const upload = await begin(under);
    const { body } = await under.post('/v1/uploads/sign', { items: [{ id: upload.id }] });
    expect(body.items[0].request.headers).toEqual(upload.request.headers);
    expect((await follow(body.items[0].request, 'hello')).status).toBe(200);
  });
});
