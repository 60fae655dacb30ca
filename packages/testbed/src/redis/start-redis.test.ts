import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, inject, onTestFinished, test, vi } from 'vitest';

import { MissingEngine } from '../engine/missing-engine.ts';
import { requireEngine } from '../require-engine.ts';
import { startRedis } from './start-redis.ts';

const say = (url: string, commands: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { port, hostname } = new URL(url);
    let answer = '';
    const socket = connect({ port: Number(port), host: hostname }, () => socket.write(`${commands}QUIT\r\n`));
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.once('error', reject).once('close', () => resolve(answer));
  });

test('the engine of the run answers those who know its password, and no others', async () => {
  const { url, password } = requireEngine(inject('engines'), 'redis');
  expect(await say(url, `AUTH ${password}\r\nPING\r\n`)).toBe('+OK\r\n+PONG\r\n+OK\r\n');
  expect(await say(url, 'PING\r\n')).toContain('NOAUTH');
});

test('a server that was killed comes back at its address, and has forgotten everything', async () => {
  requireEngine(inject('engines'), 'redis');
  const engine = await startRedis(() => undefined);
  onTestFinished(engine.stop);
  const { url, password } = engine.description;
  expect(await say(url, `AUTH ${password}\r\nSET a 1\r\n`)).toContain('+OK');
  await engine.kill();
  await expect(say(url, 'PING\r\n')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await engine.start();
  expect(await say(url, `AUTH ${password}\r\nGET a\r\n`)).toBe('+OK\r\n$-1\r\n+OK\r\n');
});

test('without a server, Python and a cache the error says what to install', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'valetkey-missing-test-'));
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await rm(empty, { recursive: true, force: true });
  });
  vi.stubEnv('PATH', empty);
  vi.stubEnv('VALETKEY_CACHE', join(empty, 'cache'));
  const failure = await startRedis(() => undefined).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(MissingEngine);
  expect(String(failure)).toMatch(
    /Looked for: valkey-server or redis-server on PATH; .* Install Python 3 with pip/,
  );
});
