import { connect, createServer, type Socket } from 'node:net';

import { expect, onTestFinished, test } from 'vitest';

import { startTcpProxy, type TcpFault } from './start-tcp-proxy.ts';

/** An origin that says everything back. */
async function start() {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const proxy = await startTcpProxy({ host: '127.0.0.1', port: address.port });
  onTestFinished(async () => {
    await proxy.stop();
    await new Promise((resolve) => server.close(resolve));
  });
  return proxy;
}

/** A client that keeps what it hears. */
async function open(port: number) {
  const socket: Socket = connect({ port, host: '127.0.0.1' });
  const heard: Buffer[] = [];
  let end: string | undefined;
  socket.on('data', (chunk: Buffer) => heard.push(chunk));
  socket.once('end', () => (end ??= 'end'));
  socket.once('error', (error: NodeJS.ErrnoException) => (end ??= error.code));
  await new Promise((resolve) => socket.once('connect', resolve));
  onTestFinished(() => void socket.destroy());
  return { socket, text: () => Buffer.concat(heard).toString(), end: () => end };
}

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};

test('without a fault every byte passes, both ways, and the end does', async () => {
  const { port } = await start();
  const client = await open(port);
  client.socket.end('hello');
  await until(() => client.end() !== undefined);
  expect([client.text(), client.end()]).toEqual(['hello', 'end']);
});

test.each<[string, TcpFault, string]>([
  ['reset', { kind: 'reset' }, 'ECONNRESET'],
  ['reset after 3 bytes', { kind: 'reset', afterBytes: 3 }, 'ECONNRESET'],
  ['truncate', { kind: 'truncate', afterBytes: 3 }, 'end'],
])('%s ends an open connection', async (_what, fault, end) => {
  const proxy = await start();
  const client = await open(proxy.port);
  client.socket.write('ok');
  await until(() => client.text() === 'ok');
  proxy.set(fault);
  client.socket.write('hello');
  await until(() => client.end() !== undefined);
  expect(client.end()).toBe(end);
  expect(client.text()).toBe(fault.kind === 'truncate' ? 'okhel' : 'ok');
});

test.each<['half-open' | 'black-hole', string]>([
  ['half-open', 'works'],
  ['black-hole', 'is taken and answers nothing'],
])('%s: an open connection says nothing for ever; a new one %s', async (kind) => {
  const proxy = await start();
  const old = await open(proxy.port);
  await until(() => proxy.connections() === 1);
  proxy.set({ kind });
  old.socket.write('lost');
  const fresh = await open(proxy.port);
  fresh.socket.write('first');
  if (kind === 'half-open') await until(() => fresh.text() === 'first');
  else await until(() => proxy.connections() === 2);
  proxy.set(undefined);
  const last = await open(proxy.port);
  last.socket.write('last');
  await until(() => last.text() === 'last');
  expect([old.text(), fresh.text(), old.end(), proxy.accepted()]).toEqual([
    '',
    kind === 'half-open' ? 'first' : '',
    undefined,
    3,
  ]);
});

test.each<TcpFault>([
  { kind: 'latency', ms: 20 },
  { kind: 'throttle', bytesPerSecond: 1_000 },
])('$kind makes it slow and loses nothing', async (fault) => {
  const proxy = await start();
  proxy.set(fault);
  const client = await open(proxy.port);
  client.socket.end('x'.repeat(50));
  await until(() => client.end() !== undefined);
  expect([client.text(), client.end()]).toEqual(['x'.repeat(50), 'end']);
});

test('line: bytes come whole and in order, after the round trip and no faster than the rate', async () => {
  const proxy = await start();
  proxy.set({ kind: 'line', bytesPerSecond: 2 ** 20, roundTripMs: 100 });
  const client = await open(proxy.port);
  const sent = Array.from({ length: 2 ** 15 }, (_, index) => String(index % 10))
    .join('')
    .repeat(8);
  const startedAt = performance.now();
  client.socket.write(sent);
  await until(() => client.text().length === sent.length);
  expect(client.text()).toBe(sent);
  expect(performance.now() - startedAt).toBeGreaterThan(340);
  client.socket.end();
  await until(() => client.end() === 'end');
});
