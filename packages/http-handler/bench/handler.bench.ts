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
const routes = {
  /** A handler of the fetch standard that reads the body and answers always the same. */
  constant: '/constant-fetch',
  ours: '/v1/downloads',
  sdk: '/sdk/v1/downloads',
  /** The same without an adapter: what `node:http` alone takes. */
  bare: '/constant',
} as const;
const names = ['constant', 'ours', 'sdk', 'bare'] as const;

const server = fork(fileURLToPath(new URL('handler/server.ts', import.meta.url)), {
  execArgv: process.execArgv,
});
const [{ port }] = (await once(server, 'message')) as [{ port: number }];
try {
  const one = JSON.stringify({ policy: 'files', items: [{ key: 'files/ann/0.png' }] });
  const rates = { ours: [], constant: [], bare: [], sdk: [] } as Record<
    keyof typeof routes,
    { cpu: number; wall: number }[]
  >;
  for (let round = -2; round < rounds; round += 1) {
    for (const name of names) {
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

  // The median of several: one pause of the machine would decide the slowest hundredth of a single run.
  const crowd = { port, path: routes.ours, body: one, connections: 640, requests: 15_000 };
  await run(crowd);
  const before = await usage(server);
  const overloads = [];
  for (let round = 0; round < 5; round += 1) overloads.push(await run(crowd));
  const grownMiB = ((await usage(server)).residentBytes - before.residentBytes) / 2 ** 20;
  const p99s = overloads.map(({ acceptedMs }) => quantile(acceptedMs, 0.99));
  const refused = sum(overloads.map((overload) => overload.refused));
  const withoutRetryAfter = refused - sum(overloads.map((overload) => overload.withRetryAfter));

  console.table(
    Object.fromEntries(
      names.map((name) => [
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
    bar('640 connections: accepted within 100 ms (p99)', median(p99s), (x) => x <= 100),
    bar('640 connections: every refusal says when to come back', withoutRetryAfter, (x) => x === 0),
    bar('640 connections: MiB of memory grown', grownMiB, (x) => x <= 32),
  ];
  console.table(bars);
  process.stdout.write(
    `640 connections: ${sum(overloads.map(({ acceptedMs }) => acceptedMs.length))} accepted, ${refused} told to come back, ` +
      `p99 of the accepted ${p99s.map((ms) => ms.toFixed(0)).join(', ')} ms\n`,
  );
  mkdirSync('bench-results', { recursive: true });
  writeFileSync(
    'bench-results/handler.json',
    `${JSON.stringify({ rates, batchMs, p99s, bars }, undefined, 2)}\n`,
  );
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
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length * share)] ?? Number.NaN;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
