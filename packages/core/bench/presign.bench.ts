/// <reference types="node" />
/**
 * A GET URL beside its peers, all in this run, and the floor of one SHA-256 and one HMAC over strings of the same
 * length. Prints a table, writes `bench-results/presign.json`; with `--chart` also `docs/images/presign-bench.svg`.
 */
import { createHmac, createSecretKey, hash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';

import { presign } from '../src/signing/presign.ts';
import { toBarChart } from './presign/bar-chart.ts';
import { measureBoto3 } from './presign/boto3.ts';
import { measureInTurn, median, type Contender } from './presign/contender.ts';
import { peers } from './presign/peers.ts';
import { bucket, endpoint, expiresInSeconds, keys, nextKey, region } from './presign/question.ts';

const rounds = 21;
const warmUp = 6;
const ours = 'Valetkey';
const oursWithToken = 'Valetkey, 900-character session token';
const floor = 'floor: one SHA-256, one HMAC';
const sessionToken = 'FwoGZXIvYXdzEBYaDH'.padEnd(900, '0123456789abcdef/+');

const contenders: readonly Contender[] = [
  { name: ours, calls: 4000, run: own(keys) },
  { name: oursWithToken, calls: 4000, run: own({ ...keys, sessionToken }) },
  { name: floor, calls: 4000, run: floorOf() },
  ...peers,
];
for (const { name, run } of contenders) {
  const url = await run();
  if (name !== floor && !/^https:.*vision\/v3\/weights-\d+\.bin\?.*X-Amz-Signature=[0-9a-f]{64}/.test(url)) {
    throw new Error(`${name} made no presigned URL`);
  }
}

const measured = await measureInTurn(contenders, { rounds, warmUp });
const boto3 = await measureBoto3(rounds, warmUp);
const times = new Map(measured.map(({ name, microseconds }) => [name, microseconds]));
const timeOf = (name: string) => times.get(name) ?? Number.NaN;
const rows = [
  ...measured,
  { name: 'boto3', microseconds: boto3 === undefined ? undefined : median(boto3) },
].map(({ name, microseconds }) => ({
  name,
  'µs per URL': microseconds === undefined ? 'not installed' : Number(microseconds.toFixed(2)),
  'times ours': microseconds === undefined ? '' : Number((microseconds / timeOf(ours)).toFixed(1)),
}));
const bars = [
  bar(
    'getSignedUrl takes at least 100 times as long',
    timeOf('AWS SDK getSignedUrl') / timeOf(ours),
    (x) => x >= 100,
  ),
  bar('lean-s3 takes longer', timeOf('lean-s3') / timeOf(ours), (x) => x > 1),
  bar('at most 1.5 times the floor', timeOf(ours) / timeOf(floor), (x) => x <= 1.5),
  bar(
    'a session token costs at most half as much again',
    timeOf(oursWithToken) / timeOf(ours),
    (x) => x <= 1.5,
  ),
];
console.table(rows);
console.table(bars);
const results = { bench: 'presign', node: process.version, rows, bars };
mkdirSync('bench-results', { recursive: true });
writeFileSync('bench-results/presign.json', `${JSON.stringify(results, undefined, 2)}\n`);

if (process.argv.includes('--chart')) {
  const drawn = rows.flatMap(({ name, 'µs per URL': value }) =>
    typeof value === 'number' && name !== floor ? [{ name, value, ours: name.startsWith(ours) }] : [],
  );
  const chart = toBarChart(
    'One presigned GET URL, in microseconds of the processor',
    `Shorter is better. Medians of ${rounds} rounds in turn, Node ${process.version}; boto3 in Python.`,
    drawn.toSorted((left, right) => left.value - right.value),
  );
  writeFileSync('docs/images/presign-bench.svg', chart);
}

function own(credentials: Parameters<typeof presign>[1]): () => string {
  const nowMs = Date.now();
  return () =>
    presign({ method: 'GET', endpoint, region, bucket, key: nextKey(), expiresInSeconds }, credentials, {
      nowMs,
    }).reveal();
}

function floorOf(): () => string {
  // A key object: with the bytes alone the HMAC would take eight times as long, and the floor would flatter. We can
  // be under it, because our HMAC is two digests of prepared blocks, which is less work than `createHmac` sets up.
  const signingKey = createSecretKey(createHmac('sha256', 'AWS4').update('key').digest());
  const [canonicalLength, toSignLength] = [430, 130];
  return () => {
    hash('sha256', nextKey().padEnd(canonicalLength, 'x'), 'hex');
    return createHmac('sha256', signingKey).update(nextKey().padEnd(toSignLength, 'x')).digest('hex');
  };
}

function bar(name: string, ratio: number, holds: (ratio: number) => boolean) {
  return { bar: name, ratio: Number(ratio.toFixed(2)), verdict: holds(ratio) ? 'met' : 'NOT MET' };
}
