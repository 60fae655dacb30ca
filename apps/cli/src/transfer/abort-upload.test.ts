import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Credentials, defineStore, ownerGrant } from '@valetkey/core';
import { afterEach, expect, test } from 'vitest';
import { abortUpload } from './abort-upload.ts';

const keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
let server: Server | undefined;

afterEach(() => server?.close());

/** A store whose answers to "which parts are there" and to DELETEs are given, the last for ever. */
async function abortAt(listStatuses: readonly number[], deleteStatuses: readonly number[] = [204]) {
  const asked: (string | undefined)[] = [];
  server = createServer((request, response) => {
    asked.push(request.method);
    const statuses = request.method === 'DELETE' ? deleteStatuses : listStatuses;
    const times = asked.filter((method) => method === request.method).length;
    response.writeHead(statuses[times - 1] ?? statuses.at(-1) ?? 0).end();
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const store = defineStore({
    name: 's',
    profile: 's3',
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
  });
  const grant = ownerGrant({ method: 'PUT', bucket: 'user-media', key: 'a', lifetimeSeconds: 60 }, store);
  const told: string[] = [];
  await abortUpload(
    {
      store,
      credentials: async () => new Credentials(keys),
      clock: { now: () => Date.parse('2026-11-25T12:00:00Z') },
    },
    { grant, uploadId: 'u/1', tell: (text) => told.push(text) },
  );
  return { asked, told };
}

test('an upload that is gone is aborted once', async () => {
  expect(await abortAt([404])).toEqual({
    asked: ['DELETE', 'GET', 'GET'],
    told: ['the multipart upload was aborted; none of its parts stays in the bucket'],
  });
});

test.each([
  ['soon', [200, 404], ['DELETE', 'GET', 'DELETE', 'GET', 'GET']],
  ['later', [404, 200, 404], ['DELETE', 'GET', 'GET', 'DELETE', 'GET', 'GET']],
])('an upload that came back with a late part is aborted again, %s', async (_when, listStatuses, asked) => {
  expect(await abortAt(listStatuses)).toEqual({
    asked,
    told: ['the multipart upload was aborted; none of its parts stays in the bucket'],
  });
});

test('a store that cannot abort just then, or cannot say what is left, is asked again', async () => {
  const { asked, told } = await abortAt([503, 404], [500, 204]);
  expect(asked).toEqual(['DELETE', 'DELETE', 'GET', 'DELETE', 'GET', 'GET']);
  expect(told).toEqual(['the multipart upload was aborted; none of its parts stays in the bucket']);
});

test.each([
  [403, 1, 'store-refused'],
  [500, 8, 'store-unavailable'],
])('a store that answers every DELETE %i is told of after %i', async (status, times, reason) => {
  const { asked, told } = await abortAt([404], [status]);
  expect(asked).toEqual(Array.from({ length: times }, () => 'DELETE'));
  expect(told).toEqual([
    `the multipart upload could not be aborted (${reason}); its parts stay until a lifecycle rule of the bucket removes them`,
  ]);
});

test('an upload that stays is told of', async () => {
  const { told } = await abortAt([200]);
  expect(told).toEqual([
    'the multipart upload could not be aborted (the store goes on listing it); its parts stay until a lifecycle rule of the bucket removes them',
  ]);
});

test('a store that refuses to say what is left is told of', async () => {
  const { told } = await abortAt([403]);
  expect(told).toEqual([
    'the multipart upload was aborted; whether a part stays could not be asked (store-refused)',
  ]);
});
