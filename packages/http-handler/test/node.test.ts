/** The handler behind Node's own server and behind Express. */
import { createServer, request as send, type RequestListener } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

import express from 'express';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { limitPipelining, toNodeHandler } from '../src/index.ts';
import { nowhere, serviceOver } from './service-under-test.ts';

const files = {
  name: 'files',
  subjects: [{ kind: 'user' }],
  actions: ['download'],
  keys: ['files/{sub}/{any}'],
  download: { cacheWindow: '1m' },
};
const body = JSON.stringify({ policy: 'files', items: [{ key: 'files/ann/a.png' }] });
const headers = { authorization: 'Bearer ann', 'content-type': 'application/json' };

async function listen(listener: RequestListener): Promise<{ origin: string; port: number }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, port };
}

/** What a connection is answered until it is closed. */
async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const handler = () => toNodeHandler(serviceOver(nowhere, [files]).handler);
const wrapped = () => {
  const { handler } = serviceOver(nowhere, [files]);
  return toNodeHandler((request) => handler(request));
};
const byExpress = (...before: express.RequestHandler[]) => {
  const app = express();
  for (const each of before) app.use(each);
  return app.use('/sign', handler());
};

describe.each([
  ['node:http', '', () => handler()],
  ['node:http with a handler in a function of its own', '', () => wrapped()],
  ['Express', '/sign', () => byExpress()],
  ['Express behind a JSON parser', '/sign', () => byExpress(express.json())],
  ['Express behind a parser of bytes', '/sign', () => byExpress(express.raw({ type: '*/*' }))],
  ['Express behind a parser of text', '/sign', () => byExpress(express.text({ type: '*/*' }))],
])('behind %s', (_title, mount, listener) => {
  test('answers are the handler’s own: status, headers and body', async () => {
    const { origin } = await listen(listener());
    const answer = await fetch(`${origin}${mount}/v1/downloads`, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.json()).toMatchObject({ items: [{ method: 'GET' }] });

    const redirect = await fetch(`${origin}${mount}/v1/objects/files/files/ann/%C3%BC.png`, {
      headers,
      redirect: 'manual',
    });
    expect(redirect.status).toBe(302);
    expect(redirect.headers.get('location')).toContain('files/ann/%C3%BC.png');
    const refused = await fetch(`${origin}${mount}/v1/downloads`, {
      method: 'POST',
      body,
      headers: { ...headers, authorization: '' },
    });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });
});

describe('behind node:http', () => {
  test('a body over the limit is answered, not cut off, and the server goes on', async () => {
    const { origin, port } = await listen(handler());
    const asked = send({
      port,
      host: '127.0.0.1',
      path: '/v1/downloads',
      method: 'POST',
      headers: { ...headers, 'transfer-encoding': 'chunked' },
    });
    const answered = once(asked, 'response');
    const chunk = Buffer.alloc(64 * 1024, ' ');
    for (let sent = 0; sent <= 20; sent += 1) asked.write(chunk);
    const [response] = await answered;
    expect(response.statusCode).toBe(413);
    asked.destroy();
    expect((await fetch(`${origin}/v1/downloads`, { method: 'POST', headers, body })).status).toBe(200);
  });

  test('a body that breaks off takes nothing down', async () => {
    const { origin, port } = await listen(handler());
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST /v1/downloads HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ann\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"policy"`,
    );
    await new Promise((resolve) => socket.once('ready', resolve));
    socket.destroy();
    expect((await fetch(`${origin}/v1/downloads`, { method: 'POST', headers, body })).status).toBe(200);
  });

  test('bodies that stall keep nobody else out, and are told that they are late', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const { origin, port } = await listen(handler());
    const text =
      'POST /v1/downloads HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ann\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{';
    const sockets = Array.from({ length: 600 }, () => connect(port, '127.0.0.1').on('error', () => {}));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    let haveGivenWay = () => {};
    const gaveWay = new Promise<void>((resolve) => (haveGivenWay = resolve));
    let ended = 0;
    const answers = sockets.map(async (socket) => {
      socket.write(text);
      const answer = await readAll(socket);
      if ((ended += 1) === sockets.length - 512) haveGivenWay();
      return answer;
    });
    await gaveWay;
    expect((await fetch(`${origin}/v1/downloads`, { method: 'POST', headers, body })).status).toBe(200);
    await vi.advanceTimersByTimeAsync(5000);
    const all = await Promise.all(answers);
    for (const answer of all) {
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
      expect(answer).toMatch(/\r\nconnection: close\r\n/i);
      expect(answer).toContain('"code":"body-too-slow"');
    }
    // All but those that gave way to a newer one, the last of them to the request that was answered.
    expect(all.filter((answer) => answer.includes('all of it within 5 seconds'))).toHaveLength(511);
  });

  test('a body that stalls without credentials is refused at once', async () => {
    const { port } = await listen(handler());
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write(
      'POST /v1/downloads HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{',
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /);
  });

  test('a sender who goes while it is asked who it is leaves nothing behind that waits', async () => {
    let go = () => {};
    const gone = new Promise<void>((resolve) => (go = resolve));
    const asked = Promise.withResolvers<void>();
    const under = serviceOver(nowhere, [files], {
      authenticating: async () => {
        asked.resolve();
        await gone;
      },
    });
    const answers: number[] = [];
    const listener = toNodeHandler(under.handler);
    const { port } = await listen((request, response) => {
      response.on('close', go);
      const end = response.end.bind(response);
      listener(request, {
        setHeader: (name, value) => response.setHeader(name, value),
        destroy: () => response.destroy(),
        once: (event, listener) => response.once(event, listener),
        end: (text) => {
          answers.push(response.statusCode);
          return end(text);
        },
        get headersSent() {
          return response.headersSent;
        },
        set statusCode(status: number) {
          response.statusCode = status;
        },
      });
    });
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'POST /v1/downloads HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ann\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{',
    );
    await asked.promise;
    socket.destroy();
    await expect.poll(() => answers).toEqual([400]);
  });

  test('a handler of your own that throws is answered with 500, and the server goes on', async () => {
    const written = vi.spyOn(console, 'error').mockReturnValue();
    onTestFinished(() => written.mockRestore());
    const failing: [string, () => Promise<Response>][] = [
      ['at once', () => Promise.reject(new Error('X-Amz-Signature=abcdef'))],
      [
        'in the middle of its answer',
        async () => new Response(new ReadableStream({ pull: () => Promise.reject(new Error('half-way')) })),
      ],
    ];
    for (const [, respond] of failing) {
      const { origin } = await listen(toNodeHandler(respond));
      const answer = await fetch(`${origin}/v1/downloads`, { method: 'POST', headers, body });
      expect(answer.status).toBe(500);
      expect(await answer.json()).toMatchObject({ code: 'signing-failed', status: 500 });
    }
    expect(written).toHaveBeenCalledTimes(2);
    expect(JSON.stringify(written.mock.calls)).not.toContain('abcdef');
  });

  test.each([
    [
      'a host that is none',
      'GET /v1/policies/files HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n',
      /^HTTP\/1\.1 400 /,
    ],
    [
      'an address of its own',
      'GET http://elsewhere/v1/policies/files HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
      /^HTTP\/1\.1 400 /,
    ],
    [
      'a method that fetch has not',
      'TRACE /v1/policies/files HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
      /^HTTP\/1\.1 400 /,
    ],
  ])('%s is refused', async (_title, text, status) => {
    const { port } = await listen(handler());
    const socket = connect(port, '127.0.0.1');
    socket.write(text);
    expect(await readAll(socket)).toMatch(status);
  });
});

describe('a connection that sends on and on without reading answers', () => {
  const flood = (port: number, path: string) => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    onTestFinished(() => void socket.destroy());
    socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ann\r\n\r\n`.repeat(1000));
    return new Promise((resolve) => socket.once('close', resolve));
  };
  /** Nobody is known until `answer`, so that no request has an answer. */
  const start = () => {
    const { promise: held, resolve: answer } = Promise.withResolvers<void>();
    const asked = { count: 0 };
    const { handler } = serviceOver(nowhere, [files], {
      authenticating: () => {
        asked.count += 1;
        return held;
      },
    });
    onTestFinished(() => answer());
    return { handler, asked, answer };
  };

  test.each<[string, string, (handler: (request: Request) => Promise<Response>) => RequestListener]>([
    ['node:http', '', (handler) => toNodeHandler(handler)],
    [
      'node:http with a handler in a function of its own',
      '',
      (handler) => toNodeHandler((request) => handler(request)),
    ],
    ['Express', '/sign', (handler) => express().use('/sign', toNodeHandler(handler))],
  ])('is cut at the seventeenth, and no more of it is looked at: %s', async (_title, mount, toListener) => {
    const { handler, asked } = start();
    const { port } = await listen(toListener(handler));
    await flood(port, `${mount}/v1/policies/files`);
    expect(asked.count).toBe(16);
  });

  test('is cut in front of middleware too, where the whole server is bounded', async () => {
    let passed = 0;
    const app = express().use((_request, _response, _next) => {
      passed += 1;
    });
    const { port } = await listen(limitPipelining((request, response) => app(request, response)));
    await flood(port, '/anything');
    expect(passed).toBe(16);
  });

  test('is no connection that reads them: as many as it likes, sixteen at a time', async () => {
    const { port } = await listen(handler());
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let answered = 0;
    socket.on('data', (chunk: Buffer) => {
      answered += chunk.toString('latin1').split('HTTP/1.1 200').length - 1;
    });
    for (let round = 1; round <= 3; round += 1) {
      const request = 'GET /v1/policies/files HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ann\r\n\r\n';
      socket.write(request.repeat(16));
      await expect.poll(() => answered, { timeout: 10_000 }).toBe(16 * round);
    }
  });

  test('is no connection of HTTP/2, which has many streams', async () => {
    const { handler, asked, answer } = start();
    const server = createHttp2Server(toNodeHandler(handler)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    onTestFinished(() => {
      session.destroy();
      server.close();
    });
    const streams = Array.from({ length: 50 }, () =>
      session.request({ ':path': '/v1/policies/files', authorization: 'Bearer ann' }),
    );
    const statuses = streams.map(async (stream) => {
      stream.resume();
      const [head] = await once(stream, 'response');
      return head[':status'];
    });
    await expect.poll(() => asked.count, { timeout: 10_000 }).toBe(50);
    answer();
    expect(new Set(await Promise.all(statuses))).toEqual(new Set([200]));
  });
});
