import { Credentials, defineStore } from '@valetkey/core';
import { expect, test } from 'vitest';

import { abortMultipart } from './abort-multipart.ts';

const keys = new Credentials({
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
});
const store = defineStore({ name: 's', profile: 's3', endpoint: 'http://127.0.0.1:9', region: 'us-east-1' });

/** Gives up an upload at a store with these answers, the last of a method for ever. @returns how it ended */
async function abortAt(statuses: Readonly<Record<string, readonly number[]>>) {
  const asked: string[] = [];
  const fetch = async (_url: string, { method = '' }: RequestInit): Promise<Response> => {
    asked.push(method);
    const times = asked.filter((one) => one === method).length;
    return new Response(null, { status: statuses[method]?.[times - 1] ?? statuses[method]?.at(-1) ?? 599 });
  };
  const end = await abortMultipart(
    { bucket: 'user-media', key: 'a', uploadId: 'u' },
    { store, credentials: async () => keys },
    { fetch, nowMs: Date.parse('2026-11-25T12:00:00Z') },
  ).then(
    () => 'gone',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );
  return { asked: asked.join(' '), end };
}

test.each([
  ['that is gone already is aborted once', { DELETE: [404] }, 'DELETE'],
  ['of which nothing is left is looked at twice', { DELETE: [204], GET: [404] }, 'DELETE GET GET'],
  [
    'to which a part comes soon after is aborted again',
    { DELETE: [204], GET: [200, 404] },
    'DELETE GET DELETE GET GET',
  ],
  [
    'to which a part comes later is aborted again',
    { DELETE: [204], GET: [404, 200, 404] },
    'DELETE GET GET DELETE GET GET',
  ],
  [
    'that a store cannot abort just then is aborted again',
    { DELETE: [500, 503, 204], GET: [404] },
    'DELETE DELETE DELETE GET GET',
  ],
  ['of which a store tells nothing counts as aborted', { DELETE: [204], GET: [403] }, 'DELETE GET GET'],
])('an upload %s', async (_title, statuses, asked) => {
  expect(await abortAt(statuses)).toEqual({ asked, end: 'gone' });
});

test.each([
  ['never can', { DELETE: [500] }, 'store-unavailable', 5],
  ['goes on listing it', { DELETE: [204], GET: [200] }, 'store-unavailable', 5],
  ['refuses', { DELETE: [403] }, 'store-refused', 1],
])('a store that %s is told of', async (_title, statuses, code, times) => {
  const { asked, end } = await abortAt(statuses);
  expect(end).toBe(code);
  expect(asked.split(' ').filter((method) => method === 'DELETE')).toHaveLength(times);
});
