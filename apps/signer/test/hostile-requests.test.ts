/** Bytes that no well-meant caller sends, to the running service. */
import { once } from 'node:events';
import { connect } from 'node:net';

import { beforeEach, expect, onTestFinished, test } from 'vitest';

import { configurationFolder, nowhere, originOf, runSigner } from './signer-under-test.ts';

const body = JSON.stringify({ policy: 'files', items: [{ key: 'files/a' }] });
const json = 'content-type: application/json';
const length = `content-length: ${body.length}`;

let port = 0;
let bearer = '';
beforeEach(async () => {
  const { file, token } = await configurationFolder(nowhere);
  port = Number(new URL(await originOf(runSigner(['--config', file]))).port);
  bearer = `authorization: Bearer ${token}`;
});

/** Status and the rest of the answer to what is sent as it stands. */
async function send(lines: readonly string[], rest = ''): Promise<{ status: number; text: string }> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  // A connection may be cut behind its answer.
  socket.on('error', () => {});
  socket.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${rest}`, 'latin1'));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  const text = answer.toString('latin1');
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), text };
}
const post = (...headers: readonly string[]) =>
  send(['POST /v1/downloads HTTP/1.1', 'host: a', ...headers], body);

test('a good request in the same bytes is answered', async () => {
  const { status, text } = await post(json, bearer, length);
  expect(status).toBe(200);
  expect(text).toContain('X-Amz-Signature=');
});

test('a body of which it is unclear where it ends is refused and its connection closed', async () => {
  for (const headers of [
    [length, 'transfer-encoding: chunked'],
    [length, 'content-length: 5'],
    [length, length],
    [`content-length: ${body.length}, ${body.length}`],
    [`content-length: +${body.length}`],
    ['content-length: -1'],
    ['content-length: 0x10'],
    [length, 'transfer-encoding : chunked'],
    [length, 'transfer-encoding: identity'],
    ['transfer-encoding: xchunked'],
    ['transfer-encoding: chunked, identity'],
    [`content-length: ${body.length - 1}`, 'x: a\rb'],
  ]) {
    const { status, text } = await post(json, bearer, ...headers);
    expect(status, headers.join()).toBe(400);
    expect(text).toMatch(/connection: close/i);
  }
});

test('two tokens, and one that comes after the body, are nobody’s', async () => {
  const other = 'authorization: Bearer other';
  for (const headers of [
    [bearer, other],
    [other, bearer],
    [bearer, bearer],
    [`authorization: Bearer\r\n ${bearer.slice(22)}`],
  ]) {
    const { status, text } = await post(json, length, ...headers);
    expect([400, 401], headers.join()).toContain(status);
    expect(text).not.toContain('X-Amz-');
  }
  const { status } = await send(
    ['POST /v1/downloads HTTP/1.1', 'host: a', json, 'transfer-encoding: chunked', 'trailer: authorization'],
    `${body.length.toString(16)}\r\n${body}\r\n0\r\n${bearer}\r\n\r\n`,
  );
  expect(status).toBe(401);
});

test('two content types are none that is known', async () => {
  for (const types of [
    [json, 'content-type: text/plain'],
    ['content-type: text/plain', json],
  ]) {
    expect((await post(...types, bearer, length)).status).toBe(415);
  }
});

test('another method in a header is not looked at', async () => {
  for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
    const { status, text } = await send(['GET /v1/downloads HTTP/1.1', 'host: a', bearer, `${name}: POST`]);
    expect(status).toBe(405);
    expect(text).toMatch(/allow: POST/i);
  }
});

test('HEAD is answered as GET is, without a body, also where it is refused', async () => {
  for (const [path, status] of [
    ['/v1/policies/files', 200],
    ['/v1/objects/files/files/a', 302],
    ['/v1/objects/files/elsewhere', 403],
    ['/v1/objects/files/a%00', 400],
    ['/v1/downloads', 405],
    ['/v1/nothing', 404],
  ] as const) {
    const answer = await send([`HEAD ${path} HTTP/1.1`, 'host: a', bearer]);
    expect(answer.status, path).toBe(status);
    expect(answer.text.endsWith('\r\n\r\n')).toBe(true);
  }
  expect((await send(['HEAD /v1/policies/files HTTP/1.1', 'host: a'])).status).toBe(401);
});

test('dots and zeros in a path, however they are written, lead out of nothing', async () => {
  for (const [path, statuses] of [
    ['%2e%2e/secret', [403, 404]],
    ['../../secret', [403, 404]],
    ['%2e%2e%2fsecret', [400]],
    ['..%5csecret', [400]],
    ['a%00', [400]],
    ['%c0%ae%c0%ae/secret', [404]],
    ['%zz', [404]],
    ['a%2f..%2f..%2fsecret', [400]],
    ['a%0d%0aset-cookie:x', [400]],
  ] as const) {
    const { status, text } = await send([`GET /v1/objects/files/files/${path} HTTP/1.1`, 'host: a', bearer]);
    expect(statuses, path).toContain(status);
    expect(text).not.toMatch(/X-Amz-|^set-cookie/im);
  }
  // Decoded once and no further: this is an object of that very name.
  const twice = await send(['GET /v1/objects/files/files/%252e%252e HTTP/1.1', 'host: a', bearer]);
  expect(twice.text).toContain('/user-media/files/%252e%252e?');
});

test('a host cannot be a part of the address', async () => {
  for (const host of ['a/v1/policies/files?', 'a@b', 'a#b', 'a?b', 'a\\b', 'a b', '[::1', 'a:99999']) {
    expect((await send(['GET /v1/nothing HTTP/1.1', `host: ${host}`, bearer])).status, host).toBe(400);
  }
});

test('what is no request of the fetch standard is refused as a problem', async () => {
  for (const target of [
    '*',
    'http://',
    'ftp://a/v1/policies/files',
    'http://a:99999/v1/policies/files',
    'http://[::1/v1/policies/files',
    String.raw`/\v1\policies\files`,
  ]) {
    const { status, text } = await send([`GET ${target} HTTP/1.1`, 'host: a', bearer]);
    expect(status, target).toBe(400);
    expect(text, target).toContain('content-type: application/problem+json');
    expect(text, target).toContain('"code":"invalid-body"');
    expect(text).toMatch(/x-request-id: ([\w-]{36})\r\n[^]*"requestId":"\1"/);
  }
});

test('what Node makes of a request is answered as the request is, or by Node itself', async () => {
  const limits = 'GET /v1/policies/files';
  const chunked = ['POST /v1/downloads HTTP/1.1', 'host: a', json, bearer, 'transfer-encoding: chunked'];
  for (const [title, status, lines, rest] of [
    ['HTTP/1.0, which names no host', 200, [`${limits} HTTP/1.0`, bearer]],
    ['a version that there is not', 400, [`${limits} HTTP/3.0`, 'host: a', bearer]],
    ['HTTP/2 without its negotiation', 400, ['PRI * HTTP/2.0', '', 'SM']],
    ['an address of its own', 200, ['GET http://elsewhere/v1/policies/files HTTP/1.1', 'host: a', bearer]],
    [
      'a wish for WebSocket',
      200,
      [`${limits} HTTP/1.1`, 'host: a', bearer, 'connection: upgrade', 'upgrade: websocket'],
    ],
    ['an expectation that nobody has', 417, [`${limits} HTTP/1.1`, 'host: a', bearer, 'expect: junk']],
    [
      '3,000 headers',
      431,
      [`${limits} HTTP/1.1`, 'host: a', ...Array.from({ length: 3000 }, () => 'a: bcd'), bearer],
    ],
    ['cookies of 20 KB', 431, [`${limits} HTTP/1.1`, 'host: a', bearer, `cookie: ${'a=b; '.repeat(4000)}`]],
    ['a chunk whose extension is 20 KB', 413, chunked, `1;${'x'.repeat(20_000)}\r\n{\r\n`],
    ['4,000 trailers', 431, chunked, `1\r\n{\r\n0\r\n${'x: y\r\n'.repeat(4000)}`],
    ['a chunk of more than there is', 400, chunked, 'ffffffffffffffffff\r\n'],
    [
      'a length that no number holds',
      400,
      ['POST /v1/downloads HTTP/1.1', 'host: a', json, bearer, `content-length: 9${'9'.repeat(30)}`],
    ],
  ] as const) {
    const answer = await send(lines, rest);
    expect(answer.status, title).toBe(status);
    expect(answer.text, title).not.toContain('X-Amz-');
  }
  expect((await post(json, bearer, length, 'expect: 100-continue')).text).toMatch(/^HTTP\/1\.1 100 Continue/);
  expect((await post(json, bearer, length)).status).toBe(200);
});
