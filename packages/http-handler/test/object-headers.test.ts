/** What an object is served with, set by the client where its policy lets it. */
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { s3Admin } from '@valetkey/testbed';
import { describe, expect, onTestFinished, test } from 'vitest';

import { follow, serviceUnderTest, type Json, type Under } from './service-under-test.ts';

const partBytes = 5 * 2 ** 20;
const served = { contentDisposition: 'attachment; filename="a b.bin"', cacheControl: 'private, max-age=60' };
const policy = {
  name: 'files',
  subjects: [{ kind: 'user' }],
  actions: ['upload'],
  keys: ['files/{uuid}'],
  upload: {
    metadata: ['caption'],
    headers: ['content-disposition', 'cache-control'],
    multipartThreshold: '5Mi',
    partSize: '5Mi',
  },
};

async function begin(under: Under, overrides: Json = {}): Promise<Json> {
  const type = 'application/octet-stream';
  const file = { ref: 'a', nonce: 'nonce-nonce-1', name: 'a.bin', bytes: 5, type, ...overrides };
  const { body } = await under.post('/v1/uploads', { policy: 'files', files: [file] });
  return body.uploads?.[0] ?? { problem: body };
}

async function headOf({ s3, bucket }: Under, key: string) {
  const client = s3Admin(s3);
  onTestFinished(() => client.destroy());
  return client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
}

const shown = {
  ContentDisposition: served.contentDisposition,
  CacheControl: served.cacheControl,
  ContentType: 'application/octet-stream',
  Metadata: { caption: 'x' },
};

describe.each(['seaweedfs', 'versitygw'] as const)('on %s', (engine) => {
  test('headers and metadata arrive on the object by single PUT, signed anew or not', async () => {
    const under = await serviceUnderTest([policy], { engine });
    const upload = await begin(under, { ...served, metadata: { caption: 'x' } });
    const { body: signed } = await under.post('/v1/uploads/sign', { items: [{ id: upload.id }] });
    const [{ request }] = signed.items;
    expect(request.headers).toEqual(upload.request.headers);
    expect(request.headers).toMatchObject({
      'content-disposition': served.contentDisposition,
      'cache-control': served.cacheControl,
    });
    // The store takes no others than were signed.
    const other = { ...request, headers: { ...request.headers, 'content-disposition': 'inline' } };
    expect((await follow(other, 'hello')).status).toBe(403);
    expect((await follow(request, 'hello')).status).toBe(200);
    const { body } = await under.post('/v1/uploads/complete', { items: [{ id: upload.id }] });
    expect(body.items[0]).toMatchObject({ bytes: 5 });
    expect(await headOf(under, upload.key)).toMatchObject(shown);
  });

  test('and in parts', async () => {
    const under = await serviceUnderTest([policy], { engine });
    const content = new Uint8Array(partBytes + 1);
    const bytes = content.byteLength;
    const upload = await begin(under, { ...served, metadata: { caption: 'x' }, bytes });
    for (const [index, part] of upload.parts.entries()) {
      const start = index * partBytes;
      expect((await follow(part, content.subarray(start, start + part.bytes))).status).toBe(200);
    }
    const { body } = await under.post('/v1/uploads/complete', { items: [{ id: upload.id }] });
    expect(body.items[0]).toMatchObject({ bytes });
    expect(await headOf(under, upload.key)).toMatchObject(shown);
  });
});

test.each<readonly [string, Json, Json, string, string]>([
  [
    'a header that the policy does not list',
    { headers: ['content-disposition'] },
    served,
    'invalid-metadata',
    'cacheControl: expected content-disposition, got "private, max-age=60"',
  ],
  [
    'a header where the policy lists none',
    { headers: undefined },
    { contentDisposition: 'inline' },
    'invalid-metadata',
    'contentDisposition: expected none, for the policy lets no header be set, got "inline"',
  ],
  ['a line break', {}, { cacheControl: 'a\r\nx-evil: 1' }, 'invalid-body', 'printable ASCII'],
  [
    'a name that is not ASCII',
    {},
    { contentDisposition: 'inline; filename="ü"' },
    'invalid-body',
    'printable ASCII',
  ],
  ['nothing', {}, { contentDisposition: '' }, 'invalid-body', 'printable ASCII'],
  ['more than 512 characters', {}, { cacheControl: 'x'.repeat(513) }, 'invalid-body', '512'],
])('%s is refused saying why', async (_, rule, file, code, detail) => {
  const under = await serviceUnderTest([{ ...policy, upload: { ...policy.upload, ...rule } }]);
  expect((await begin(under, file)).problem).toMatchObject({
    code,
    detail: expect.stringContaining(detail),
  });
});
