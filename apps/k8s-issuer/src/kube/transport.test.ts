import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { KubeConfig } from '@kubernetes/client-node';
import { systemClock } from '@valetkey/core';
import { expect, onTestFinished, test } from 'vitest';

import { answerJson, startLocalApi, type Handler } from '../../test/doubles/local-api.ts';
import { realTimers } from '../runtime/timer.ts';
import type { DateSample } from './cluster-clock.ts';
import { createKubeTransport, type KubeTransport } from './transport.ts';

async function start(
  handler: Handler,
  options?: Parameters<typeof startLocalApi>[1],
): Promise<KubeTransport> {
  const { transport, stop } = await startLocalApi(handler, options);
  onTestFinished(stop);
  return transport;
}

const get = { method: 'GET', path: '/api/v1/things' } as const;

test('a call sends method, path below the server, query, body and media types', async () => {
  const transport = await start(
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url, headers } = request;
        const { accept, 'content-type': contentType, 'user-agent': agent } = headers;
        answerJson(response, 201, {
          method,
          url,
          accept,
          contentType,
          agent,
          body: Buffer.concat(chunks).toString(),
        });
      });
    },
    { path: '/k8s/clusters/one/' },
  );
  const answer = await transport.request({
    method: 'PATCH',
    path: '/api/v1/things/a',
    query: { dryRun: 'All', limit: 5, labelSelector: undefined },
    body: { é: 1 },
    contentType: 'application/merge-patch+json',
  });
  expect(answer.status).toBe(201);
  expect(answer.body).toEqual({
    method: 'PATCH',
    url: '/k8s/clusters/one/api/v1/things/a?dryRun=All&limit=5',
    accept: 'application/json',
    contentType: 'application/merge-patch+json',
    agent: 'valetkey-k8s-issuer',
    body: '{"é":1}',
  });
});

test('a 401 makes it read the token file again and ask once more', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'token-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, 'old\n');
  let valid = 'old';
  const seen: (string | undefined)[] = [];
  const transport = await start(
    (request, response) => {
      seen.push(request.headers.authorization);
      answerJson(response, request.headers.authorization === `Bearer ${valid}` ? 200 : 401, {});
    },
    { user: { authProvider: { name: 'tokenFile', config: { tokenFile } } } },
  );
  expect((await transport.request(get)).status).toBe(200);
  valid = 'new';
  expect((await transport.request(get)).status).toBe(401);
  writeFileSync(tokenFile, 'new\n');
  expect((await transport.request(get)).status).toBe(200);
  expect(seen).toEqual(['Bearer old', 'Bearer old', 'Bearer old', 'Bearer new']);
});

test('a fixed token or password is sent as it is', async () => {
  const echo: Handler = (request, response) => answerJson(response, 200, request.headers.authorization);
  const token = await start(echo, { user: { token: 'abc' } });
  expect((await token.request(get)).body).toBe('Bearer abc');
  const password = await start(echo, { user: { username: 'me', password: 'pw' } });
  expect((await password.request(get)).body).toBe(`Basic ${Buffer.from('me:pw').toString('base64')}`);
});

test.each<[string, Handler, string]>([
  ['a reset', (request) => request.socket.resetAndDestroy(), 'ConnectionFailed'],
  ['half an answer', (_, response) => half(response), 'ConnectionFailed'],
  ['broken JSON', (_, response) => broken(response), 'MalformedAnswer'],
])('%s is an error that quotes nothing', async (_, handler, reason) => {
  const transport = await start(handler);
  const error: unknown = await transport.request(get).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'KubeError', status: 0, reason });
  expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/canary|127\.0\.0\.1|things/);
  expect((error as Error).cause).toBeUndefined();
});

function half(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{"data":"canary', () => response.destroy());
}

function broken(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":"canary');
}

test('a call without answer ends at its deadline, or with its signal', async () => {
  const transport = await start(() => undefined);
  await expect(transport.request({ ...get, timeoutMs: 30 })).rejects.toMatchObject({
    reason: 'DeadlineExceeded',
  });
  const stop = new AbortController();
  const call = transport.request({ ...get, signal: stop.signal });
  stop.abort();
  await expect(call).rejects.toMatchObject({ reason: 'Aborted' });
});

test('it tells what an answer says of the clock of the server', async () => {
  const dateMs = 1_795_600_000_000;
  const samples: DateSample[] = [];
  const answerAt = (_: IncomingMessage, response: ServerResponse) => {
    response.setHeader('date', new Date(dateMs).toUTCString());
    answerJson(response, 200, {});
  };
  const transport = await start(answerAt, { onDate: (sample) => samples.push(sample) });
  const beforeMs = Date.now();
  await transport.request(get);
  const [sample] = samples;
  expect(samples).toEqual([expect.objectContaining({ dateMs })]);
  expect(sample?.sentMs).toBeGreaterThanOrEqual(beforeMs);
  expect(sample?.receivedMs).toBeGreaterThanOrEqual(sample?.sentMs ?? Number.NaN);
});

test('a hundred open watches do not hold a call up, and calls reuse at most 16 connections', async () => {
  const sockets = new Set<unknown>();
  const transport = await start((request, response) => {
    if (request.url?.includes('watch') === true) {
      response.writeHead(200).flushHeaders();
      return;
    }
    sockets.add(request.socket);
    answerJson(response, 200, {});
  });
  const stop = new AbortController();
  const opened = Array.from({ length: 100 }, () => Promise.withResolvers<void>());
  const watches = opened.map(({ resolve }) =>
    transport.stream({
      path: '/w',
      query: { watch: 1 },
      signal: stop.signal,
      onOpen: resolve,
      onLine: () => undefined,
    }),
  );
  await Promise.all(opened.map(({ promise }) => promise));
  await Promise.all(Array.from({ length: 200 }, () => transport.request(get)));
  expect(sockets.size).toBeLessThanOrEqual(16);
  stop.abort();
  const ends = await Promise.allSettled(watches);
  expect(ends.every((end) => end.status === 'rejected')).toBe(true);
});

test('a stream gives its lines, stops when told to, and passes on what its reader throws', async () => {
  const transport = await start((_, response) => {
    response.writeHead(200).write('one\ntw');
    response.write('o\nthree\n');
  });
  const lines: string[] = [];
  const stream = (onLine: (line: string) => 'stop' | void) =>
    transport.stream({
      path: '/w',
      query: {},
      signal: new AbortController().signal,
      onOpen: () => undefined,
      onLine,
    });
  await stream((line) => (lines.push(line) === 2 ? 'stop' : undefined));
  expect(lines).toEqual(['one', 'two']);
  await expect(
    stream(() => {
      throw new TypeError('reader');
    }),
  ).rejects.toThrow(new TypeError('reader'));
});

test('a config without a usable server is refused', () => {
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ name: 'c', server: 'not a url', skipTLSVerify: false }, { name: 'u' });
  expect(() => createKubeTransport({ config, clock: systemClock, timers: realTimers })).toThrow(
    expect.objectContaining({ code: 'invalid-configuration' }),
  );
});

test('a call that waits for a connection ends at its deadline, and is never sent', async () => {
  const held: ServerResponse[] = [];
  const transport = await start((_, response) => void held.push(response));
  const running = Array.from({ length: 16 }, () => transport.request(get));
  while (held.length < 16) await new Promise((resolve) => setTimeout(resolve, 5));
  await expect(transport.request({ ...get, timeoutMs: 20 })).rejects.toMatchObject({
    reason: 'DeadlineExceeded',
  });
  for (const response of held) answerJson(response, 200, {});
  await Promise.all(running);
  expect((await Promise.all([transport.request(get), answerNext(held)]))[0].status).toBe(200);
  expect(held).toHaveLength(17);
});

async function answerNext(held: ServerResponse[]): Promise<void> {
  while (held.length < 17) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const response of held.slice(16)) answerJson(response, 200, {});
}
