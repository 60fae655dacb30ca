import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { expect, onTestFinished, test } from 'vitest';

import { listen } from './listen.ts';

const neverFails = (error: unknown) => {
  throw error;
};

async function open(origin: string): Promise<Socket> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

async function answerOf(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString('latin1');
}

test('a stop waits for what is in flight, and not for connections that are kept open after it', async () => {
  const waiting: (() => void)[] = [];
  const { origin, stop } = await listen(
    ({ url }) =>
      url.endsWith('/quick')
        ? new Response('quick')
        : new Promise((resolve) => {
            waiting.push(() => resolve(new Response('done')));
          }),
    '127.0.0.1:0',
    neverFails,
  );
  const busy = await open(origin);
  const idle = await open(origin);
  idle.write('GET /quick HTTP/1.1\r\nhost: a\r\n\r\n');
  expect(await answerOf(idle)).toContain('quick');
  idle.resume();
  busy.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  await expect.poll(() => waiting.length).toBe(1);
  const stopped = stop();
  // The stop closes it, before what is in flight has ended.
  await once(idle, 'close');
  const answer = answerOf(busy);
  waiting[0]?.();
  expect(await answer).toMatch(/^HTTP\/1\.1 200 OK/);
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
  }, 8000);
  await stopped;
  clearTimeout(late);
  expect(isLate).toBe(false);
  await expect(open(origin)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test.each([
  ['headers that never end', 'POST / HTTP/1.1\r\nhost: a\r\nx-slow: '],
  ['a body that never ends and nobody reads', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{'],
  ['nothing at all', ''],
])(
  'a connection that sends %s is cut',
  async (_title, bytes) => {
    const { origin, stop } = await listen(() => new Response('done'), '127.0.0.1:0', neverFails);
    onTestFinished(stop);
    const socket = await open(origin);
    socket.on('data', () => undefined);
    if (bytes !== '') socket.write(bytes);
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  },
  60_000,
);

test('a connection may have sixteen requests without an answer, one after the other as many as it likes', async () => {
  const waiting: (() => void)[] = [];
  const { origin, stop } = await listen(
    () => new Promise((resolve) => waiting.push(() => resolve(new Response('done')))),
    '127.0.0.1:0',
    neverFails,
  );
  onTestFinished(stop);
  const socket = await open(origin);
  let answered = 0;
  socket.on('data', (chunk: Buffer) => {
    answered += chunk.toString('latin1').split('HTTP/1.1 200').length - 1;
  });
  for (let round = 1; round <= 3; round += 1) {
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(16));
    await expect.poll(() => waiting.length).toBe(16);
    for (const answer of waiting.splice(0)) answer();
    await expect.poll(() => answered).toBe(16 * round);
  }
});

test('a connection that sends more than it reads answers to is cut, and no more of it is looked at', async () => {
  let asked = 0;
  const { origin, stop } = await listen(
    () => {
      asked += 1;
      return new Promise<never>(() => {});
    },
    '127.0.0.1:0',
    neverFails,
  );
  onTestFinished(stop);
  const socket = await open(origin);
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(1500));
  await once(socket, 'close');
  expect(asked).toBe(16);
});

test('what answering fails with is told, with the id of its answer', async () => {
  const told: unknown[] = [];
  const fail = () => Promise.reject(new Error('a bug'));
  const { origin, stop } = await listen(fail, '127.0.0.1:0', (...failure) => void told.push(failure));
  onTestFinished(stop);
  const response = await fetch(origin);
  expect(response.status).toBe(500);
  const requestId = response.headers.get('x-request-id');
  expect(await response.json()).toMatchObject({ code: 'signing-failed', requestId });
  expect(told).toEqual([[new Error('a bug'), requestId]]);
});

test('headers of 20 KB are refused before anybody reads them', async () => {
  const { origin, stop } = await listen(() => new Response('done'), '127.0.0.1:0', neverFails);
  onTestFinished(stop);
  const socket = await open(origin);
  socket.write(`GET / HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${'x'.repeat(20_000)}\r\n\r\n`);
  expect(await answerOf(socket)).toMatch(/^HTTP\/1\.1 431 /);
});
