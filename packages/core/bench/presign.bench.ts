/// <reference types="node" />
/**
 * A GET URL beside its peers, all in this run: `getSignedUrl` of the AWS SDK, lean-s3, and the floor of one
 * SHA-256 and one HMAC over strings of the same length. Prints a table and one line of JSON.
 */
import { createHmac, createSecretKey, hash } from 'node:crypto';

import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { S3Client as LeanS3Client } from 'lean-s3';

import { presign } from '../src/signing/presign.ts';

const rounds = 15;
const keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const sessionToken = 'FwoGZXIvYXdzEBYaDH'.padEnd(900, '0123456789abcdef/+');
const region = 'eu-central-1';
const endpoint = `https://s3.${region}.amazonaws.com`;
const bucket = 'models';
const nowMs = Date.parse('2026-11-23T20:56:48Z');
let turn = 0;

/** A different key each time: nothing may be answered from a cache of whole URLs. */
const nextKey = () => `vision/v3/weights-${(turn += 1)}.bin`;
const ours = (credentials: Parameters<typeof presign>[1]) => () =>
  presign({ method: 'GET', endpoint, region, bucket, key: nextKey(), expiresInSeconds: 3600 }, credentials, {
    nowMs,
  }).reveal();

const sdk = new S3Client({ region, credentials: keys });
const lean = new LeanS3Client({ ...keys, region, endpoint, bucket });
// A key object: with the bytes alone the HMAC would take eight times as long, and the floor would flatter.
const signingKey = createSecretKey(createHmac('sha256', 'AWS4').update('key').digest());
const canonicalLength = 430;
const toSignLength = 130;

const contenders = {
  ours: measure(20_000, ours(keys)),
  'ours, 900-character session token': measure(20_000, ours({ ...keys, sessionToken })),
  'lean-s3': measure(20_000, () => lean.presign(nextKey(), { method: 'GET', expiresIn: 3600 })),
  'floor: one SHA-256, one HMAC': measure(20_000, () => {
    hash('sha256', nextKey().padEnd(canonicalLength, 'x'), 'hex');
    return createHmac('sha256', signingKey).update(nextKey().padEnd(toSignLength, 'x')).digest('hex');
  }),
  'AWS SDK getSignedUrl': await measureAsync(300, () =>
    getSignedUrl(sdk, new GetObjectCommand({ Bucket: bucket, Key: nextKey() }), { expiresIn: 3600 }),
  ),
};

const own = contenders.ours;
const ratios = [
  {
    bar: 'getSignedUrl takes at least 100 times as long',
    ratio: contenders['AWS SDK getSignedUrl'] / own,
    holds: (x: number) => x >= 100,
  },
  { bar: 'lean-s3 takes longer', ratio: contenders['lean-s3'] / own, holds: (x: number) => x > 1 },
  {
    bar: 'at most 1.5 times the floor',
    ratio: own / contenders['floor: one SHA-256, one HMAC'],
    holds: (x: number) => x <= 1.5,
  },
  {
    bar: 'a session token costs at most half as much again',
    ratio: contenders['ours, 900-character session token'] / own,
    holds: (x: number) => x <= 1.5,
  },
].map(({ bar, ratio, holds }) => ({
  bar,
  ratio: Number(ratio.toFixed(2)),
  verdict: holds(ratio) ? 'met' : 'NOT MET',
}));

console.table(
  Object.fromEntries(
    Object.entries(contenders).map(([name, us]) => [name, { 'µs per URL': Number(us.toFixed(2)) }]),
  ),
);
console.table(ratios);
console.log(JSON.stringify({ bench: 'presign', node: process.version, microseconds: contenders, ratios }));

/** Median of the rounds, in microseconds per call. */
function measure(calls: number, run: () => string): number {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    for (let call = 0; call < calls; call += 1) run();
    times.push(((performance.now() - start) * 1000) / calls);
  }
  return median(times);
}

async function measureAsync(calls: number, run: () => Promise<string>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    for (let call = 0; call < calls; call += 1) await run();
    times.push(((performance.now() - start) * 1000) / calls);
  }
  return median(times);
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}
