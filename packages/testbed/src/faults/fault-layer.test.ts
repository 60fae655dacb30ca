import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  request,
  type RequestOptions,
  type ServerResponse,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { s3Fault } from './s3-fault.ts';
import { s3Operation } from './s3-operation.ts';
import { type FaultLayer, startFaultLayer } from './start-fault-layer.ts';

/** What the origin has taken in full. */
interface Taken {
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly trailers: NodeJS.Dict<string>;
  readonly size: number;
  readonly hash: string;
}

let origin: Server;
let layer: FaultLayer;
let taken: Taken[];
let broken: number;
let lines: string[];

beforeEach(async () => {
  [taken, lines, broken] = [[], [], 0];
  origin = createServer((incoming, response) => {
    incoming.once('aborted', () => (broken += 1));
    const hash = createHash('sha256');
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      hash.update(chunk);
    });
    incoming.on('end', () => {
      const { url = '', rawHeaders, trailers } = incoming;
      taken.push({ url, rawHeaders, trailers, size, hash: hash.digest('hex') });
      response.writeHead(201, 'Made', [
        'ETag',
        '"1"',
        'Set-Cookie',
        'a=1',
        'Set-Cookie',
        'b=2',
        'Trailer',
        'X-End',
      ]);
      response.addTrailers({ 'X-End': 'done' });
      response.end(`took ${size}`);
    });
  });
  origin.listen(0, '127.0.0.1');
  await once(origin, 'listening');
  const target = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  layer = await startFaultLayer({ target, report: (line) => lines.push(line) });
});
afterEach(async () => {
  await layer.stop();
  origin.closeAllConnections();
  origin.close();
});

const url = (path: string) => `${layer.endpoint}${path}`;
const codeOf = async (sent: Promise<unknown>): Promise<unknown> => {
  const error = await sent.then(
    () => undefined,
    (reason: Error) => reason,
  );
  return (error?.cause as NodeJS.ErrnoException | undefined)?.code;
};
const put = (path: string, body: string | Buffer = 'hello', init: RequestInit = {}) =>
  fetch(url(path), { method: 'PUT', body: new Uint8Array(Buffer.from(body)), ...init });

test('passes Host, headers, path, status and trailers on as they are', async () => {
  const options: RequestOptions = {
    method: 'POST',
    path: '/a%2Fb//c?X-Amz-Signature=secret',
    headers: {
      Host: 'signed.example:99',
      'X-Amz-Meta-Case': 'Kept',
      Trailer: 'X-Sum',
      'Transfer-Encoding': 'chunked',
    },
  };
  const sent = request(layer.endpoint, options);
  sent.addTrailers({ 'X-Sum': '42' });
  sent.end('hello');
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  expect(await text(answer)).toBe('took 5');
  expect([answer.statusCode, answer.statusMessage, answer.headers['set-cookie'], answer.trailers]).toEqual([
    201,
    'Made',
    ['a=1', 'b=2'],
    { 'x-end': 'done' },
  ]);
  expect(taken).toMatchObject([{ url: options.path, trailers: { 'x-sum': '42' }, size: 5 }]);
  const received = taken[0]?.rawHeaders.join('\n');
  expect(received).toContain('Host\nsigned.example:99');
  expect(received).toContain('X-Amz-Meta-Case\nKept');
  expect(layer.log()).toEqual([{ method: 'POST', path: '/a%2Fb//c', status: 201 }]);
});

test('a large body arrives whole', async () => {
  const body = Buffer.alloc(64 * 2 ** 20, 'valetkey');
  expect(await (await put('/big', body)).text()).toBe(`took ${body.byteLength}`);
  expect(taken[0]?.hash).toBe(createHash('sha256').update(body).digest('hex'));
});

test('a client that waits for 100 Continue is told by the origin', async () => {
  const sent = request(url('/x'), {
    method: 'PUT',
    headers: { expect: '100-continue', 'content-length': 5 },
  });
  sent.flushHeaders();
  await once(sent, 'continue');
  sent.end('hello');
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  expect(await text(answer)).toBe('took 5');
});

test('status: answers in place of the origin, once, readable for the page that asked', async () => {
  const headers = { 'retry-after': '1' };
  const fault = {
    kind: 'status',
    status: 503,
    headers,
    body: '<Error/>',
    contentType: 'application/xml',
  } as const;
  layer.script([{ when: { method: 'put' }, fault: { ...fault, corsHeaders: true } }]);
  const body = Buffer.alloc(2 ** 20);
  const answer = await put('/x?secret=1', body, { headers: { origin: 'http://page.example' } });
  expect([answer.status, await answer.text()]).toEqual([503, '<Error/>']);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'retry-after': '1',
    'content-type': 'application/xml',
    'access-control-allow-origin': 'http://page.example',
    'access-control-expose-headers': '*',
  });
  expect((await put('/x')).status).toBe(201);
  expect(layer.log()).toEqual([
    { method: 'PUT', path: '/x', status: 503, fault: 'status' },
    { method: 'PUT', path: '/x', status: 201 },
  ]);
  expect(lines).toEqual(['fault layer: status for PUT /x']);
});

test('status: without corsHeaders nothing is added', async () => {
  layer.script([{ when: {}, fault: { kind: 'status', status: 500 } }]);
  const answer = await put('/x', 'hello', { headers: { origin: 'http://page.example' } });
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
});

test('reset at the request: the origin never hears of it', async () => {
  layer.script([{ when: {}, fault: { kind: 'reset' } }]);
  expect(await codeOf(put('/x'))).toBe('ECONNRESET');
  expect([taken, layer.log()]).toEqual([
    [],
    [{ method: 'PUT', path: '/x', status: undefined, fault: 'reset' }],
  ]);
});

test('reset in the body: the origin gets a part', async () => {
  layer.script([{ when: {}, fault: { kind: 'reset', at: 'body', afterBytes: 2 ** 20 } }]);
  expect(await codeOf(put('/x', Buffer.alloc(32 * 2 ** 20)))).toMatch(/ECONNRESET|EPIPE|UND_ERR_SOCKET/);
  await expect.poll(() => broken).toBe(1);
  expect(taken).toEqual([]);
});

test('delay: passes on later', async () => {
  layer.script([{ when: {}, fault: { kind: 'delay', ms: 200 } }]);
  const start = performance.now();
  expect((await put('/x')).status).toBe(201);
  expect(performance.now() - start).toBeGreaterThan(190);
});

test('lost answer: the origin has done it, the client is told nothing', async () => {
  layer.script([{ when: {}, fault: { kind: 'lost-answer' } }]);
  expect(await codeOf(put('/x'))).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
  expect([taken.length, layer.log()[0]?.status]).toEqual([1, undefined]);
});

test('cut answer: head and first bytes come through, the end does not', async () => {
  layer.script([{ when: {}, fault: { kind: 'cut-answer', afterBytes: 4 } }]);
  const sent = request(url('/x')).end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(answer, 'error');
  expect([answer.statusCode, Buffer.concat(chunks).toString()]).toEqual([201, 'took']);
});

test('hide headers: the origin has done it, and the answer comes without them', async () => {
  layer.script([{ when: {}, fault: { kind: 'hide-headers', headers: ['etag'] } }]);
  const answer = await put('/x');
  expect([answer.status, await answer.text(), answer.headers.get('etag')]).toEqual([201, 'took 5', null]);
  expect((await put('/x')).headers.get('etag')).toBe('"1"');
});

test('throttle: a body comes whole, no faster than it may', async () => {
  layer.script([{ when: {}, fault: { kind: 'throttle', bytesPerSecond: 2 ** 20 } }]);
  const body = Buffer.alloc(2 ** 18, 'valetkey');
  const start = performance.now();
  expect(await (await put('/x', body)).text()).toBe(`took ${body.byteLength}`);
  expect(performance.now() - start).toBeGreaterThan(240);
  expect(taken[0]?.hash).toBe(createHash('sha256').update(body).digest('hex'));
});

test.each([0, 2 ** 20])(
  'stop reading after %i bytes: the client cannot send the rest, until clear',
  async (afterBytes) => {
    layer.script([{ when: {}, fault: { kind: 'stop-reading', afterBytes } }]);
    const sent = codeOf(put('/x', Buffer.alloc(64 * 2 ** 20)));
    await expect.poll(() => layer.log()).toHaveLength(1);
    expect(await Promise.race([sent, new Promise((done) => setTimeout(done, 300, 'waiting'))])).toBe(
      'waiting',
    );
    layer.clear();
    expect(await sent).toMatch(/ECONNRESET|EPIPE|UND_ERR_SOCKET/);
    expect(taken).toEqual([]);
  },
);

test('a rule may look into the query, which is not kept', async () => {
  layer.script([{ when: s3Operation.uploadPart, fault: s3Fault(503, 'SlowDown') }]);
  expect((await put('/x?X-Amz-Signature=secret')).status).toBe(201);
  const refused = await put('/x?partNumber=2&uploadId=a&X-Amz-Signature=secret');
  expect([refused.status, await refused.text()]).toEqual([
    503,
    expect.stringContaining('<Code>SlowDown</Code>'),
  ]);
  expect(layer.log().map(({ path }) => path)).toEqual(['/x', '/x']);
});

test('bytes that came are counted by method, those of a broken request too', async () => {
  layer.script([{ when: {}, fault: { kind: 'reset', at: 'body', afterBytes: 2 ** 20 } }]);
  await codeOf(put('/x', Buffer.alloc(2 ** 22)));
  await put('/x', Buffer.alloc(2 ** 21));
  await expect.poll(() => layer.receivedBytes('PUT')).toBeGreaterThan(2 ** 20 + 2 ** 21);
  expect(layer.receivedBytes('GET')).toBe(0);
});

test.each(['clear', 'stop'] as const)('black hole: no answer until %s', async (end) => {
  layer.script([{ when: {}, times: Infinity, fault: { kind: 'black-hole' } }]);
  const sent = codeOf(put('/x'));
  await expect.poll(() => layer.log()).toHaveLength(1);
  expect(await Promise.race([sent, new Promise((done) => setTimeout(done, 200, 'waiting'))])).toBe('waiting');
  await layer[end]();
  expect(await sent).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
  expect(taken).toEqual([]);
});

test('a client that goes away ends the request to the origin', async () => {
  const abort = new AbortController();
  const body = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.alloc(1000)) });
  const sent = fetch(url('/x'), { method: 'PUT', body, duplex: 'half', signal: abort.signal });
  await once(origin, 'request');
  abort.abort();
  await expect(sent).rejects.toThrow('abort');
  await expect.poll(() => broken).toBe(1);
});

test('an origin that is gone is a 502 without a query in the report', async () => {
  origin.closeAllConnections();
  origin.close();
  const answer = await put('/x?secret=1');
  expect([answer.status, await answer.text()]).toEqual([502, 'The fault layer cannot reach its origin\n']);
  expect(lines).toEqual(['fault layer: the origin failed PUT /x: ECONNREFUSED']);
});

test('an answer the origin breaks off is broken for the client too', async () => {
  origin.removeAllListeners('request').on('request', (_, response) => {
    response.writeHead(200, { 'content-length': '10' }).write('half', () => response.destroy());
  });
  const answer = await fetch(url('/x'));
  await expect(answer.text()).rejects.toThrow('terminated');
});

test('refuses a target with a path', async () => {
  await expect(startFaultLayer({ target: 'http://127.0.0.1:1/x' })).rejects.toThrow('without a path');
});

/** Sends a body in two parts, the second only after the answer has come. */
const answerWhileSending = async () => {
  const sent = request(url('/x'), { method: 'PUT' });
  sent.write(Buffer.alloc(2 ** 20));
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const closed = once(sent, 'close');
  sent.end(Buffer.alloc(8 * 2 ** 20));
  const body = await text(answer);
  await closed;
  return [answer.statusCode, body];
};

test('an early answer reaches a client that is still sending', async () => {
  origin
    .removeAllListeners('request')
    .on('request', (incoming: IncomingMessage, response: ServerResponse) => {
      response.writeHead(403, { 'content-length': 2 }).write('no');
      incoming.resume().once('end', () => response.end());
    });
  expect(await answerWhileSending()).toEqual([403, 'no']);
});

test('an origin that breaks during an upload is a 502 while the client is still sending', async () => {
  origin.removeAllListeners('request').on('request', (incoming: IncomingMessage) => {
    incoming.once('data', () => incoming.socket.destroy());
  });
  expect(await answerWhileSending()).toEqual([502, 'The fault layer cannot reach its origin\n']);
});
