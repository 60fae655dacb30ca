/// <reference types="node" />
/**
 * `POST /v1/downloads` at 64 connections beside a constant answer of the same server and the same route with the AWS
 * SDK's signer; 1,000 URLs in one batch; more load than there is capacity. Rates are of the server's own processor
 * time, which other programs on the machine do not change; the wall clock's are printed beside.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { run } from './handler/load.ts';

const rounds = 7;
const requestsPerRound = 3000;
const connections = 64;

const server = fork(fileURLToPath(new URL('handler/server.ts', import.meta.url)), {
  execArgv: process.execArgv,
});
const [{ port }] = (await once(server, 'message')) as [{ port: number }];
try {
  const one = JSON.stringify({ policy: 'files', items: [{ key: 'files/ann/0.png' }] });
  const routes = { ours: '/v1/downloads', constant: '/constant', sdk: '/sdk/v1/downloads' } as const;
  const rates = { ours: [], constant: [], sdk: [] } as Record<
    keyof typeof routes,
    { cpu: number; wall: number }[]
  >;
  for (let round = -2; round < rounds; round += 1) {
    for (const name of ['constant', 'ours', 'sdk'] as const) {
      const before = await usage(server);
      const { seconds } = await run({
        port,
        path: routes[name],
        body: one,
        connections,
        requests: requestsPerRound,
      });
      const cpu = (await usage(server)).cpuMicroseconds - before.cpuMicroseconds;
      // The first rounds warm up.
      if (round >= 0)
        rates[name].push({ cpu: (requestsPerRound / cpu) * 1e6, wall: requestsPerRound / seconds });
    }
  }
  const rate = (name: keyof typeof routes, clock: 'cpu' | 'wall') =>
    median(rates[name].map((each) => each[clock]));

  const keys = Array.from({ length: 1000 }, (_, index) => ({ key: `files/ann/${index}.png` }));
  const batchBody = JSON.stringify({ policy: 'files', items: keys });
  const batchMs: number[] = [];
  for (let round = -10; round < 30; round += 1) {
    const before = await usage(server);
    await run({ port, path: routes.ours, body: batchBody, connections: 1, requests: 1 });
    if (round >= 0) batchMs.push(((await usage(server)).cpuMicroseconds - before.cpuMicroseconds) / 1000);
  }

  const crowd = { port, path: routes.ours, body: one, connections: 640, requests: 30_000 };
  await run(crowd);
  const before = await usage(server);
  const overload = await run(crowd);
  const grownMiB = ((await usage(server)).residentBytes - before.residentBytes) / 2 ** 20;
  const p99 =
    overload.acceptedMs.toSorted((a, b) => a - b)[Math.floor(overload.acceptedMs.length * 0.99)] ??
    Number.NaN;

  console.table(
    Object.fromEntries(
      (['constant', 'ours', 'sdk'] as const).map((name) => [
        name,
        {
          'per second of processor': Math.round(rate(name, 'cpu')),
          'per second by the clock': Math.round(rate(name, 'wall')),
        },
      ]),
    ),
  );
  const bars = [
    bar('at least 0.6 of a constant answer', rate('ours', 'cpu') / rate('constant', 'cpu'), (x) => x >= 0.6),
    bar('at least 3 times getSignedUrl', rate('ours', 'cpu') / rate('sdk', 'cpu'), (x) => x >= 3),
    bar('1,000 URLs in one batch within 40 ms', median(batchMs), (x) => x <= 40),
    bar('640 connections: accepted within 100 ms (p99)', p99, (x) => x <= 100),
    bar(
      '640 connections: every refusal says when to come back',
      overload.refused - overload.withRetryAfter,
      (x) => x === 0,
    ),
    bar('640 connections: MiB of memory grown', grownMiB, (x) => x <= 32),
  ];
  console.table(bars);
  process.stdout.write(
    `640 connections: ${overload.acceptedMs.length} accepted, ${overload.refused} told to come back\n`,
  );
  mkdirSync('bench-results', { recursive: true });
  writeFileSync('bench-results/handler.json', `${JSON.stringify({ rates, batchMs, bars }, undefined, 2)}\n`);
  if (bars.some(({ met }) => !met)) process.exitCode = 1;
} finally {
  server.disconnect();
}

async function usage(child: ChildProcess): Promise<{ cpuMicroseconds: number; residentBytes: number }> {
  child.send('usage');
  const [told] = (await once(child, 'message')) as [{ cpuMicroseconds: number; residentBytes: number }];
  return told;
}

function bar(name: string, value: number, isMet: (value: number) => boolean) {
  return { bar: name, value: Number(value.toFixed(2)), met: isMet(value) };
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
