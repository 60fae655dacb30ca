/**
 * Whatever is sent, the service answers as described: no 5xx, and no URL but for what the caller may have. In front of
 * a real store, because part of the bodies are good ones. `VALETKEY_PROPERTY_RUNS` sets the count.
 */
import { problemSchema, routes, type Route } from '@valetkey/protocol';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

import { serviceUnderTest, type Json, type Under } from '../service-under-test.ts';
import { arbitraryOf, type Known } from './arbitrary-of.ts';

const runs = Number(process.env['VALETKEY_PROPERTY_RUNS'] ?? 150);
const seed = 20_261_125;

/** A body that gets a URL, for each route that gives any: chance alone seldom puts one together. */
const good = new Map<string, () => unknown>([
  ['/v1/downloads', () => ({ policy: 'files', items: [{ key: 'files/ann/a.png' }] })],
  ['/v1/uploads', () => ({ policy: 'small', files: [fileOf(5)] })],
  ['/v1/uploads/parts', () => ({ items: [{ id: known['id']?.[1], partNumbers: [1] }] })],
  ['/v1/uploads/sign', () => ({ items: [{ id: known['id']?.[0] }] })],
]);
const fileOf = (bytes: number) => ({
  ref: 'a',
  nonce: 'nonce-nonce',
  name: 'a.txt',
  bytes,
  type: 'text/plain',
});

const files = {
  name: 'files',
  subjects: [{ kind: 'user' }],
  actions: ['download', 'list'],
  keys: ['files/{sub}/{any}'],
  lifetime: { default: '5m', max: '15m' },
};
const small = {
  name: 'small',
  subjects: [{ kind: 'user' }],
  actions: ['upload'],
  keys: ['small/{sub}/{uuid}/{name}'],
  lifetime: { default: '5m', max: '15m' },
  upload: { maxSize: '1Mi', minSize: 1, contentTypes: ['text/plain'], metadata: ['caption'] },
};
const large = {
  ...small,
  name: 'large',
  keys: ['large/{sub}/{uuid}{ext}'],
  upload: { maxSize: '1Gi', multipartThreshold: '5Mi', partSize: '5Mi', contentTypes: ['text/plain'] },
};
const closed = { ...files, name: 'closed', subjects: [{ kind: 'serviceAccount' }] };

let under: Under;
let known: Known;

beforeAll(async () => {
  under = await serviceUnderTest([files, small, large, closed]);
  const begin = async (policy: string, bytes: number, who: string) => {
    return (await under.post('/v1/uploads', { policy, files: [fileOf(bytes)] }, who)).body.uploads[0]
      .id as string;
  };
  const ids = [await begin('small', 5, 'ann'), await begin('large', 11_000_000, 'ann')];
  const foreign = await begin('large', 11_000_000, 'bob');
  known = {
    policy: ['files', 'small', 'large', 'closed', 'nobody'],
    key: ['files/ann/a.png', 'files/bob/a.png', 'files/ann/../bob/a', 'small/ann/x/y', 'files/ann/%2e%2e'],
    prefix: ['files/ann/', 'files/', '', 'files/bob/'],
    id: [...ids, foreign, ids[0]?.slice(0, -9), `${ids[1]?.slice(0, 90)}AAAA${ids[1]?.slice(94)}`],
    nonce: ['nonce-nonce', 'nonce-other'],
    name: ['a.txt', '../../a.txt', 'ü.txt', '.', 'x'.repeat(300)],
    type: ['text/plain', '', 'text/html', 'text/plain; charset=utf-8'],
    bytes: [5, 0, 11_000_000, 2 ** 30, 2 ** 30 + 1],
    partNumbers: [[1], [1, 2, 3], [0], [4], [10_001], [3, 3]],
    etag: ['"00000000000000000000000000000000"', ''],
  };
});

describe.each(
  Object.entries<Route>(routes).flatMap(([name, { path, body, answer }]) =>
    body === undefined || answer === undefined ? [] : [{ name, path, body, answer }],
  ),
)('$path', ({ path, body, answer }) => {
  test('answers every body with what its schema says, and with no URL that is not allowed', async () => {
    const statuses = new Map<number, number>();
    let urls = 0;
    const described = arbitraryOf(z.toJSONSchema(body, { io: 'input' }) as object, known);
    const allowed = good.get(path)?.();
    const bodies = fc.oneof(
      { weight: 9, arbitrary: described },
      { weight: allowed === undefined ? 0 : 1, arbitrary: fc.constant(allowed) },
    );
    await fc.assert(
      fc.asyncProperty(bodies, async (sent) => {
        const response = await ask(path, JSON.stringify(sent) ?? 'undefined');
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        const told = await judge(response, answer);
        urls += urlsIn(told).length;
        for (const problem of problemsIn(told)) expect(problem.status).toBeLessThan(500);
      }),
      { numRuns: runs, seed, endOnFailure: true },
    );
    // Good and bad ones were among them, and some of the good ones got what they asked for.
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400]));
    if (allowed !== undefined) expect(urls).toBeGreaterThan(0);
  }, 600_000);

  test('refuses bytes that are no body', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 4096 }),
      fc.string({ unit: fc.constantFrom(...'[]{}",:0 \\u\n') }),
      fc.integer({ min: 1, max: 100_000 }).map((depth) => '['.repeat(depth)),
      fc.integer({ min: 1, max: 2_000_000 }).map((length) => ' '.repeat(length)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (sent) => {
        const response = await ask(path, typeof sent === 'string' ? sent : Uint8Array.from(sent));
        expect([400, 413]).toContain(response.status);
        await judge(response, answer);
      }),
      { numRuns: runs, seed, endOnFailure: true },
    );
  }, 600_000);
});

test('every address and header is answered below 500', async () => {
  const segment = fc.oneof(
    fc.constantFrom(
      'v1',
      'objects',
      'policies',
      'uploads',
      'parts',
      'files',
      'ann',
      'a.png',
      '..',
      '',
      '%',
      '%00',
      '%ff',
      '%2F',
    ),
    fc.string({ unit: fc.constantFrom(...'aé%/?&=#. +:@'), maxLength: 12 }),
  );
  const asked = fc.record({
    path: fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`),
    method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'),
    authorization: fc.constantFrom('Bearer ann', 'Bearer bob', 'Bearer', '', 'Basic YTpi'),
    type: fc.constantFrom('application/json', 'text/plain', 'application/json; charset=latin1', ''),
    origin: fc.constantFrom('https://app.example.com', 'null', 'https://evil.example'),
  });
  await fc.assert(
    fc.asyncProperty(asked, async ({ path, method, authorization, type, origin }) => {
      const response = await under.handler(
        new Request(`http://signer${path}`, {
          method,
          headers: { authorization, 'content-type': type, origin },
          ...(method === 'GET' || method === 'HEAD' ? {} : { body: '{}' }),
        }),
      );
      expect(response.status).toBeLessThan(500);
      const location = response.headers.get('location');
      if (location !== null) checkUrl(location, authorization === 'Bearer ann' ? 'ann' : 'bob');
    }),
    { numRuns: runs * 4, seed, endOnFailure: true },
  );
}, 600_000);

function ask(path: string, body: string | Uint8Array<ArrayBuffer>): Promise<Response> {
  const headers = { authorization: 'Bearer ann', 'content-type': 'application/json' };
  return under.handler(new Request(`http://signer${path}`, { method: 'POST', headers, body }));
}

/** Below 500, of the form that is described, and without a URL that ann may not have. */
async function judge(response: Response, answer: z.ZodType): Promise<Json> {
  expect(response.status).toBeLessThan(500);
  const told = await response.json();
  (response.status === 200 ? answer : problemSchema).parse(told);
  for (const url of urlsIn(told)) checkUrl(url, 'ann');
  return told;
}

function checkUrl(url: string, who: string): void {
  const { pathname, searchParams } = new URL(url);
  const key = decodeURIComponent(pathname).slice(under.bucket.length + 2);
  expect(key).toMatch(
    new RegExp(
      `^(?:files/${who}/[^/]+|small/${who}/[0-9a-f-]{36}/[^/]+|large/${who}/[0-9a-f-]{36}(?:\\.txt)?)$`,
    ),
  );
  expect(Number(searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(900);
  const signed = searchParams.get('X-Amz-SignedHeaders')?.split(';') ?? [];
  if (!key.startsWith('files/')) expect(signed).toContain('content-length');
  expect(searchParams.has('uploadId')).toBe(key.startsWith('large/') && searchParams.has('partNumber'));
}

function urlsIn(told: unknown): string[] {
  if (typeof told === 'string') return told.includes('X-Amz-Signature=') ? [told] : [];
  return typeof told === 'object' && told !== null ? Object.values(told).flatMap(urlsIn) : [];
}

function problemsIn(told: Json): Json[] {
  const items: Json[] = told.items ?? told.uploads ?? [];
  return items.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
}
