/** What real stores seldom do: redirects, and checksums that do not fit. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { systemClock } from '@valetkey/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { download } from './download.ts';
import type { Sink } from './sink.ts';

interface Answer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

let server: Server;
let origin: string;
let answers: Record<string, Answer>;
let asked: string[];

beforeEach(async () => {
  [answers, asked] = [{}, []];
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const { status, headers = {}, body = '' } = answers[url] ?? { status: 404 };
    response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const fetchText = async (path: string) => {
  let written = '';
  const sink: Sink = {
    write: async (chunk) => void (written += Buffer.from(chunk).toString('utf8')),
    commit: async () => undefined,
    discard: async () => undefined,
  };
  await download({
    url: `${origin}${path}`,
    headers: {},
    sink,
    clock: systemClock,
    signal: new AbortController().signal,
    begin: () => ({ set: () => undefined, stop: () => undefined }),
  });
  return written;
};

test('the path goes over the wire as it was signed, dot segments and all', async () => {
  answers['/b/a/../c%2F?X-Amz-Signature=1'] = { status: 200, body: 'exact' };
  expect(await fetchText('/b/a/../c%2F?X-Amz-Signature=1')).toBe('exact');
});

describe('a checksum that the store tells', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('base64');

  test.each([
    ['sha256', sha256('hello')],
    ['crc32', 'NhCmhg=='],
    ['crc32', 'AAAAAA==-3'],
  ])('%s %s fits, or is none of the bytes', async (algorithm, value) => {
    answers['/a'] = { status: 200, body: 'hello', headers: { [`x-amz-checksum-${algorithm}`]: value } };
    expect(await fetchText('/a')).toBe('hello');
  });

  test('and that does not fit is an error', async () => {
    answers['/a'] = { status: 200, body: 'hello', headers: { 'x-amz-checksum-sha256': sha256('other') } };
    await expect(fetchText('/a')).rejects.toMatchObject({ code: 'checksum-mismatch' });
  });
});

describe('a redirect', () => {
  test('is followed', async () => {
    answers['/a'] = { status: 307, headers: { location: '/b' } };
    answers['/b'] = { status: 200, body: 'there' };
    expect(await fetchText('/a')).toBe('there');
  });

  test('in a circle ends', async () => {
    answers['/a'] = { status: 302, headers: { location: '/a' } };
    await expect(fetchText('/a')).rejects.toMatchObject({ code: 'store-refused' });
    expect(asked).toHaveLength(6);
  });

  test('to what is no web address is not followed', async () => {
    answers['/a'] = { status: 302, headers: { location: 'file:///etc/passwd' } };
    await expect(fetchText('/a')).rejects.toMatchObject({ code: 'store-refused', field: 'redirect' });
  });
});
