/**
 * The issuer as it is shipped (built, under its own roles) on a kube-apiserver and etcd of its own: many Shares from
 * nothing to Ready, beside what a bare loop of 16 connections writes to the same API server; restart, one more Share,
 * idleness, a tightened policy, many Shares on one name, a tenant with as many bad Shares beside one with 50.
 * `-- scale --shares 10000` for more; `--profile DIR` writes the issuer's processor profiles.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { controlPlane, startKubernetes } from '@valetkey/testbed';

import { connectAdmin, inParallel } from '../test/admin-connection.ts';
import { installBase } from '../test/issuer-under-test.ts';
import { startReplica, until } from '../test/replica.ts';
import { aPolicy, applyPlatform, aShare, sharesPath } from '../test/share-fixtures.ts';
import { writesBetween, writesSoFar } from './scale/api-writes.ts';
import { followBoard, type Board } from './scale/board.ts';
import { peers } from './scale/peers.ts';
import { usageOf } from './scale/process-usage.ts';
import { printResult } from './scale/result-table.ts';
import { measureEmptyingCeiling, measureWriteCeiling } from './scale/write-ceiling.ts';

const team = 'vision';
const noisyTeam = 'noisy';
const quietTeam = 'quiet';
const newShares = 50;
const quietShares = 50;
const onOneName = 1_000;
/** A start asks about every Secret once, and while it does drift probes ask about some of them too. */
const withDriftProbes = 1.06;
/** As in the Deployment; the second is what V8 gives itself under its limit of 384 MiB. */
const shippedNodeOptions = ['--max-semi-space-size=8', '--max-old-space-size=192'];
const shippedElection = ['--lease-duration', '15s', '--renew-deadline', '10s', '--retry-period', '2s'];

const { values } = parseArgs({
  options: {
    shares: { type: 'string', default: '1000' },
    idle: { type: 'string', default: '60' },
    profile: { type: 'string' },
  },
});
const count = Number(values.shares);
const idleSeconds = Number(values.idle);
const report = (line: string) => process.stderr.write(`${line}\n`);

const built = spawnSync('turbo', ['run', 'build', '--filter', '@valetkey/k8s-issuer'], { stdio: 'inherit' });
if (built.status !== 0) throw new Error('the issuer cannot be built');

const engine = await startKubernetes({ report });
const cluster = controlPlane(engine.description);
const admin = connectAdmin(engine.description);
const watching = new AbortController();
const running = new Set<Awaited<ReturnType<typeof start>>>();
try {
  await installBase(cluster);
  for (const name of [team, noisyTeam, quietTeam]) await cluster.createNamespace(name, { tier: 'ml' });
  await applyPlatform(cluster);
  report('measuring the write ceiling');
  const ceiling = await measureWriteCeiling(admin, Math.min(count, 2_000));

  report(`creating ${count} Shares`);
  const names = Array.from({ length: count }, (_, n) => `share-${n}`);
  await inParallel(names, 16, (name) => createShare(team, name));
  const board = await followBoard(admin, watching.signal);

  const beforeCold = await writesSoFar(admin);
  const coldStartMs = performance.now();
  const first = await start(values.profile);
  await until('it leads', async () => first.log().includes('"leading"'), 120_000);
  const leadingMs = performance.now();
  await board.until('all are Ready', () => board.sharesWith('Issued') === count, 900_000);
  const readyMs = performance.now();
  const afterCold = await writesSoFar(admin);
  const coldWrites = writesBetween(beforeCold, afterCold);
  const coldEvents = sum(Object.values(writesBetween(beforeCold, afterCold, /^events/)));
  const coldUsage = await usageOf(first.pid);
  const coldHeapMiB = await heapOf(first);
  const coldSeconds = (readyMs - coldStartMs) / 1000;
  const workSeconds = (readyMs - leadingMs) / 1000;
  report(`all Ready after ${coldSeconds.toFixed(1)} s`);

  const beforeRestart = await writesSoFar(admin);
  await stop(first);
  const second = await start(values.profile);
  await until('it leads', async () => second.log().includes('"leading"'), 120_000);
  const takenOverMs = performance.now();
  // A start is no idleness: it looks at every Share once, and asks about its Secret.
  await until('its queue is empty', async () => (await waitingIn(second)) === 0, 120_000);
  await until('it has asked', async () => (await askedBy(second)) >= count * withDriftProbes, 300_000);
  const askedSeconds = (performance.now() - takenOverMs) / 1000;
  report(`asked about every Secret after ${askedSeconds.toFixed(1)} s`);
  const idleFrom = await usageOf(second.pid);
  await new Promise((resolve) => setTimeout(resolve, idleSeconds * 1_000));
  const idleTo = await usageOf(second.pid);
  const restartWrites = writesBetween(beforeRestart, await writesSoFar(admin));
  report(`idle: ${(((idleTo.cpuSeconds - idleFrom.cpuSeconds) / idleSeconds) * 100).toFixed(2)} % of a core`);

  const latenciesMs: number[] = [];
  for (let n = 0; n < newShares; n += 1) {
    latenciesMs.push(await untilSecret(board, team, `new-${n}`));
  }

  const emptyingCeiling = await measureEmptyingCeiling(admin, Math.min(count, 2_000));
  const beforeScrub = await writesSoFar(admin);
  const scrubFrom = await usageOf(second.pid);
  const tightenedMs = performance.now();
  await admin.send('PATCH', '/apis/valetkey.dev/v1alpha1/sharepolicies/models', aPolicy(['nowhere/{rest}']));
  await board.until('all are scrubbed', () => board.filledSecrets() === 0, 600_000);
  const scrubSeconds = (performance.now() - tightenedMs) / 1000;
  const scrubTo = await usageOf(second.pid);
  const all = count + newShares;
  await board.until('all are told so', () => board.sharesWith('KeyNotAllowed') === all, 600_000);
  const scrubToldSeconds = (performance.now() - tightenedMs) / 1000;
  const scrubWrites = writesBetween(beforeScrub, await writesSoFar(admin));
  await admin.send(
    'PATCH',
    '/apis/valetkey.dev/v1alpha1/sharepolicies/models',
    aPolicy(['{namespace}/{rest}']),
  );
  await board.until('all are Ready again', () => board.sharesWith('Issued') === all, 600_000);

  const racers = Array.from({ length: onOneName }, (_, n) => `racer-${n}`);
  const raceStartMs = performance.now();
  await inParallel(racers, 16, (name) => createShare(team, name, { target: { secretName: 'one-name' } }));
  await board.until(
    'all are decided',
    () => board.sharesWith('Issued') + board.sharesWith('SecretConflict') === all + onOneName,
    600_000,
  );
  const raceSeconds = (performance.now() - raceStartMs) / 1000;
  const race = { ready: board.sharesWith('Issued') - all, conflicts: board.sharesWith('SecretConflict') };

  report(`creating ${count} Shares that no policy allows, and ${quietShares} that one does`);
  const bad = inParallel(
    Array.from({ length: count }, (_, n) => `bad-${n}`),
    16,
    (name) => createShare(noisyTeam, name, { objects: [{ name: 'weights', key: 'elsewhere/weights.bin' }] }),
  );
  const besideMs: number[] = [];
  for (let n = 0; n < quietShares; n += 1) besideMs.push(await untilSecret(board, quietTeam, `good-${n}`));
  await bad;
  await board.until('the bad ones are told', () => board.sharesWith('KeyNotAllowed') === count, 600_000);

  const peak = await usageOf(second.pid);
  const heapMiB = await heapOf(second);
  const writes = sum(Object.values(coldWrites));
  const result = {
    shares: count,
    coldSeconds,
    coldSecondsFromLeading: workSeconds,
    sharesPerSecond: count / workSeconds,
    writesPerSecond: writes / workSeconds,
    ceilingSecretPuts: ceiling.secretPuts,
    ceilingIssuersMixture: ceiling.issuersMixture,
    ratioToMixture: writes / workSeconds / ceiling.issuersMixture,
    ratioToSecretPuts: writes / workSeconds / ceiling.secretPuts,
    writesPerShare: writes / count,
    eventsPerShare: coldEvents / count,
    writes: coldWrites,
    issuerCpuSeconds: coldUsage.cpuSeconds,
    issuerCpuMillisecondsPerShare: (coldUsage.cpuSeconds * 1_000) / count,
    memoryMiB: {
      cold: { rss: coldUsage.rssMiB, peakRss: coldUsage.peakRssMiB, ...coldHeapMiB },
      end: { rss: peak.rssMiB, peakRss: peak.peakRssMiB, ...heapMiB },
    },
    peakRssMiB: Math.max(coldUsage.peakRssMiB, peak.peakRssMiB),
    askedAfterRestartSeconds: askedSeconds,
    writesAfterRestart: sum(Object.values(restartWrites)),
    idleSeconds,
    idleCorePercent: ((idleTo.cpuSeconds - idleFrom.cpuSeconds) / idleSeconds) * 100,
    newShareMs: { p50: quantile(latenciesMs, 0.5), p95: quantile(latenciesMs, 0.95) },
    policyScrubSeconds: scrubSeconds,
    policyScrubToldSeconds: scrubToldSeconds,
    ceilingEmptying: emptyingCeiling,
    policyScrubRatio: all / scrubSeconds / emptyingCeiling,
    policyScrubCpuMillisecondsPerShare: ((scrubTo.cpuSeconds - scrubFrom.cpuSeconds) * 1_000) / all,
    scrubWrites,
    race: { ...race, of: onOneName, seconds: raceSeconds },
    besideBadSharesMs: { of: quietShares, p50: quantile(besideMs, 0.5), p99: quantile(besideMs, 0.99) },
    peers,
  };
  if (values.profile !== undefined) await stop(second);
  printResult(result);
  mkdirSync('bench-results', { recursive: true });
  writeFileSync(`bench-results/k8s-issuer-scale-${count}.json`, `${JSON.stringify(result, undefined, 2)}\n`);
} finally {
  watching.abort();
  await Promise.all([...running].map((replica) => replica.discard()));
  await admin.close();
  await engine.stop();
}

async function start(profileFolder?: string) {
  const main = new URL('../dist/main.js', import.meta.url).pathname;
  const profile = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
  const program = [...shippedNodeOptions, ...profile, main];
  const replica = await startReplica(engine.description, shippedElection, { program });
  running.add(replica);
  return replica;
}

async function stop(replica: Awaited<ReturnType<typeof start>>): Promise<void> {
  replica.signal('SIGTERM');
  await replica.exited;
  running.delete(replica);
  await replica.discard();
}

/** @returns milliseconds from the answer to the create to the Secret */
async function untilSecret(board: Board, namespace: string, name: string): Promise<number> {
  await createShare(namespace, name);
  const createdMs = performance.now();
  const key = `${namespace}/${name}`;
  await board.until('its Secret', () => board.secretSeenMs(key) !== undefined, 60_000);
  return Math.max(0, (board.secretSeenMs(key) ?? 0) - createdMs);
}

/** Shares that wait for a visit or are being visited. */
async function waitingIn(replica: Awaited<ReturnType<typeof start>>): Promise<number> {
  const text = await replica.metrics();
  const read = (name: string) => Number(new RegExp(`^${name}{[^}]*} (\\d+)$`, 'm').exec(text)?.[1]);
  return read('workqueue_depth') + read('controller_runtime_active_workers');
}

/** How often it has asked whether a Secret is as its status says. */
async function askedBy(replica: Awaited<ReturnType<typeof start>>): Promise<number> {
  const text = await replica.metrics();
  return sum([...text.matchAll(/^valetkey_drift_probes_total{[^}]*} (\d+)$/gm)].map(([, n]) => Number(n)));
}

async function createShare(namespace: string, name: string, change: object = {}): Promise<void> {
  const { status, body } = await admin.send('POST', sharesPath(namespace), aShare(namespace, name, change));
  if (status !== 201) throw new Error(`a Share could not be created: ${JSON.stringify(body)}`);
}

/** As V8 says. */
async function heapOf(replica: Awaited<ReturnType<typeof start>>) {
  const text = await replica.metrics();
  const read = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]) / 1024 ** 2;
  return {
    heapUsed: read('nodejs_heap_size_used_bytes'),
    heapTotal: read('nodejs_heap_size_total_bytes'),
    external: read('nodejs_external_memory_bytes'),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}
