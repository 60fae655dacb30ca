/**
 * One run: a cluster, two replicas, a historian and a prober beside them, one fault after the other, and at the end
 * the file that the checker reads.
 */
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import {
  controlPlane,
  createBucket,
  putObject,
  startKubernetes,
  type AuditEvent,
  type S3Description,
} from '@valetkey/testbed';

import { connectAdmin, type AdminConnection } from '../../test/admin-connection.ts';
import { installBase } from '../../test/issuer-under-test.ts';
import { until } from '../../test/replica.ts';
import { aShare, sharesPath } from '../../test/share-fixtures.ts';
import { startHistorian } from '../history/historian.ts';
import type { HistoryRecord } from '../history/history-record.ts';
import { runProber } from '../history/prober.ts';
import { countSecrets } from '../history/secret-texts.ts';
import { halfOpenFault, networkFaults } from './faults/network-faults.ts';
import { processFaults } from './faults/process-faults.ts';
import { serverFaults } from './faults/server-faults.ts';
import { tenantFaults } from './faults/tenant-faults.ts';
import type { Plan } from './plan.ts';
import { createReplicaSet } from './replica-set.ts';
import { describeToPeople } from './transcript.ts';
import {
  aNamespace,
  aPolicyFor,
  aStore,
  createShares,
  namespaces,
  numbered,
  sharesIn,
  urlsOf,
  type Fault,
  type World,
} from './world.ts';

/** What a fault came to. */
interface FaultOutcome {
  readonly fault: string;
  readonly seconds: number;
  readonly outcome: string;
}

interface ChaosResult {
  /** The file that the checker reads. */
  readonly history: string;
  readonly faults: readonly FaultOutcome[];
  /** What people see with kubectl. */
  readonly transcript: string;
}

const longestRunMs = 1_800_000;

interface ChaosOptions {
  readonly plan: Plan;
  readonly s3: S3Description;
  /** Made anew: the history, everything that was seen, in a file, and the replicas' logs beside it. */
  readonly folder: string;
  /** Only the faults whose name contains `name`, each so often; no renewal is waited for then. @default all, once */
  readonly only?: { readonly name: string; readonly times: number };
  readonly report: (line: string) => void;
}

/** Runs everything once. A fault that does not come to its end is told in its outcome and does not stop the others. */
export async function runChaos({ plan, s3, folder, only, report }: ChaosOptions): Promise<ChaosResult> {
  const schedule = toSchedule(plan, only);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'history.jsonl');
  const engine = await startKubernetes({ report, withAudit: true });
  const cluster = controlPlane(engine.description);
  const admin = connectAdmin(engine.description);
  const replicas = createReplicaSet({
    cluster: engine.description,
    flags: plan.election,
    environment: { AWS_ACCESS_KEY_ID: s3.accessKeyId, AWS_SECRET_ACCESS_KEY: s3.secretAccessKey },
    logs: folder,
  });
  const over = new AbortController();
  const tooLong = setTimeout(() => over.abort(), longestRunMs);
  try {
    await installBase(cluster);
    for (const name of namespaces) {
      await admin.send('POST', '/api/v1/namespaces', aNamespace(name));
    }
    const items = [aStore(s3), ...namespaces.map((name) => aPolicyFor(name))];
    await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    await createBucket(s3, 'models');
    for (const name of namespaces)
      await putObject(s3, { bucket: 'models', key: `${name}/weights.bin`, body: name });
    await waitForGarbageCollector(admin);
    const historian = await startHistorian(admin, file, over.signal);
    const probing = runProber(historian, admin, over.signal);

    let current = 'setting up';
    const measured: World['measured'] = (what, seconds, atMost) =>
      historian.write({
        kind: 'bar',
        atMs: Date.now(),
        fault: current,
        what,
        measured: seconds,
        atMost,
        unit: 's',
      });
    let names = 0;
    const fresh: World['fresh'] = (name) => `${name}-${(names += 1)}`;
    const world: World = { plan, engine, cluster, admin, historian, replicas, s3, measured, fresh };
    await Promise.all([replicas.join(), replicas.join()]);
    report(`creating ${plan.steadyShares} Shares that live for 5 minutes`);
    const steady = numbered('steady', plan.steadyShares);
    await createShares(world, 'steady', steady, { lifetime: '5m' });
    await historian.until(
      'all are published',
      () => steady.every((name) => urlsOf(world, `steady/${name}`) > 0),
      600_000,
    );

    const faults: FaultOutcome[] = [];
    for (const fault of schedule) {
      current = fault.name;
      faults.push(await letLoose(fault, world));
      report(`${fault.name}: ${faults.at(-1)?.outcome}`);
    }
    const revisions = only === undefined ? plan.revisions : 1;
    report('waiting for the last renewals');
    await historian.until(
      `every steady Share has revision ${revisions}`,
      () => sharesIn(world, 'steady').every(({ revision }) => revision >= revisions),
      900_000,
    );
    const transcript = await describeToPeople(cluster);
    for (const { replica } of replicas.living()) search(world, 'metrics', await replica.metrics());
    // In order, so that no write is left half seen.
    await replicas.end();
    await delay(3_000);
    over.abort();
    await probing;
    for (const { replica } of replicas.all) search(world, 'log', replica.log());
    const audit = await engine.audit();
    search(world, 'audit', JSON.stringify(audit));
    for (const write of toWrites(audit)) appendFileSync(file, `${JSON.stringify(write)}\n`);
    return { history: file, faults, transcript };
  } finally {
    clearTimeout(tooLong);
    over.abort();
    await replicas.stop();
    await admin.close();
    await engine.stop();
  }
}

/** Renewals come due every two and a half minutes, so they meet one fault or another. */
function toSchedule(plan: Plan, only: ChaosOptions['only']): readonly Fault[] {
  const all = [
    ...tenantFaults,
    ...networkFaults,
    ...(plan.withHalfOpen ? [halfOpenFault] : []),
    ...processFaults,
    ...serverFaults,
  ];
  if (only === undefined) return all;
  const some = all.filter(({ name }) => name.includes(only.name));
  if (some.length === 0) throw new Error(`no fault has '${only.name}' in its name`);
  return Array.from({ length: only.times }, () => some).flat();
}

async function letLoose(fault: Fault, world: World): Promise<FaultOutcome> {
  const { name } = fault;
  const write = (phase: 'begin' | 'end', outcome: string) =>
    world.historian.write({ kind: 'fault', atMs: Date.now(), name, phase, outcome });
  const startMs = performance.now();
  write('begin', '');
  let outcome: string;
  try {
    outcome = await fault.run(world);
  } catch (error) {
    outcome = `FAILED: ${error instanceof Error ? error.message : String(error)}`;
    world.historian.write({
      kind: 'bar',
      atMs: Date.now(),
      fault: name,
      what: 'came to no end',
      measured: Number.MAX_VALUE,
      atMost: 1,
      unit: 's',
    });
  }
  write('end', outcome);
  return { fault: name, seconds: (performance.now() - startMs) / 1_000, outcome };
}

/** It looks for new kinds of owners every 30 seconds only, which is not what is measured. */
async function waitForGarbageCollector(admin: AdminConnection): Promise<void> {
  const { body } = await admin.send('POST', sharesPath('canary'), aShare('canary', 'owner'));
  const { apiVersion, kind, metadata } = body as {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly uid: string };
  };
  const owner = { apiVersion, kind, name: metadata.name, uid: metadata.uid };
  const owned = { metadata: { name: 'owned', ownerReferences: [owner] } };
  const configMaps = '/api/v1/namespaces/canary/configmaps';
  await admin.send('POST', configMaps, owned);
  await admin.send('DELETE', `${sharesPath('canary')}/owner`);
  await until(
    'the garbage collector knows Shares',
    async () => (await admin.send('GET', `${configMaps}/owned`)).status === 404,
    120_000,
  );
}

/** What was stored for issuers, by the audit log. */
function toWrites(audit: readonly AuditEvent[]): readonly HistoryRecord[] {
  return audit.flatMap(({ verb, user, objectRef, requestURI, responseStatus, ...times }) => {
    const resource = objectRef?.resource;
    const isWrite = ['create', 'update', 'patch', 'delete'].includes(verb) && !requestURI.includes('dryRun');
    const isStored = Number(responseStatus?.code) < 300;
    const isOurs = user.username === 'system:serviceaccount:valetkey-system:valetkey-issuer';
    if (!isWrite || !isStored || !isOurs) return [];
    if (resource !== 'secrets' && resource !== 'shares' && resource !== 'leases') return [];
    const write: HistoryRecord = {
      kind: 'write',
      atMs: toMs(times.requestReceivedTimestamp),
      doneMs: toMs(times.stageTimestamp),
      credentialId: user.extra?.['authentication.kubernetes.io/credential-id']?.[0] ?? '',
      verb,
      resource,
      key: `${objectRef?.namespace}/${objectRef?.name ?? ''}`,
    };
    return [write];
  });
}

/** With the microseconds, for the order of writes is what is judged. */
function toMs(time: string): number {
  const micros = /\.\d{3}(\d{3})Z$/.exec(time)?.[1] ?? '0';
  return Date.parse(time) + Number(micros) / 1_000;
}

function search({ historian, s3 }: World, source: string, text: string): void {
  const secrets = countSecrets(text, [s3.secretAccessKey]);
  historian.write({ kind: 'text', atMs: Date.now(), source, bytes: text.length, secrets });
}
