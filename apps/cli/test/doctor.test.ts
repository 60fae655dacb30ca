/** `valetkey doctor` against real stores, well and ill. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import {
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import {
  allowOrigins,
  createBucket,
  freePort,
  putObject,
  requireEngine,
  s3Admin,
  startFaultLayer,
  type FaultRule,
  type S3Description,
} from '@valetkey/testbed';
import { afterAll, afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest';

import { run } from '../src/run.ts';
import { startLaxStore } from './lax-store.ts';
import { memoryIo } from './memory-io.ts';
import { spawnValetkey } from './spawned-valetkey.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-doctor-'));
const origin = 'https://app.example.com';
const engines = ['seaweedfs', 'versitygw'] as const;
const connect = (name: (typeof engines)[number]) => requireEngine(inject('engines'), name);
const newBucket = async (s3: S3Description): Promise<string> => {
  const bucket = `doctor-${randomUUID()}`;
  await createBucket(s3, bucket);
  return bucket;
};

beforeEach(() => {
  for (const name of ['AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_REGION', 'AWS_ENDPOINT_URL', 'NO_COLOR'])
    vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs it in this process with the engine's keys. */
async function doctor(s3: S3Description, args: readonly string[], aheadMs = 0) {
  vi.stubEnv('AWS_ACCESS_KEY_ID', s3.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', s3.secretAccessKey);
  const { io, written } = memoryIo({ environment: process.env });
  const clock = { now: () => Date.now() + aheadMs };
  const code = await run(['doctor', '--endpoint-url', s3.endpoint, ...args], { ...io, clock });
  const result = { code, ...written };
  expect(`${result.stdout}${result.stderr}`).not.toContain(s3.secretAccessKey);
  expect(`${result.stdout}${result.stderr}`).not.toMatch(/Signature=[0-9a-f]|[0-9a-f]{64}/);
  return result;
}

/** The first word of each row, by the row's name. */
function verdictsOf(stdout: string): Readonly<Record<string, string>> {
  const rows = [...stdout.matchAll(/^(pass|fail|skip) +(\S+)/gm)];
  return Object.fromEntries(rows.map(([, verdict = '', name = '']) => [name, verdict]));
}

/** All that is in the bucket, of whatever kind. */
async function contentsOf(s3: S3Description, bucket: string): Promise<readonly string[]> {
  const client = s3Admin(s3);
  try {
    const versions = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    const uploads = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    const found = [
      ...(versions.Versions ?? []),
      ...(versions.DeleteMarkers ?? []),
      ...(uploads.Uploads ?? []),
    ];
    return found.map(({ Key = '' }) => Key).filter((key) => !key.endsWith('/'));
  } finally {
    client.destroy();
  }
}

const healthy = {
  reachable: 'pass',
  clock: 'pass',
  credentials: 'pass',
  address: 'pass',
  put: 'pass',
  get: 'pass',
  head: 'pass',
  delete: 'pass',
  private: 'pass',
  signature: 'pass',
  expiry: 'pass',
  'session-token': 'skip',
  'signed-headers': 'pass',
  length: 'pass',
  checksum: 'pass',
  'conditional-write': 'pass',
  'post-form': 'pass',
  multipart: 'pass',
  versions: 'skip',
  slashes: 'pass',
  cors: 'skip',
  profile: 'pass',
  'clean-up': 'pass',
};

describe.each(engines)('%s', (name) => {
  test('passes, and nothing of the check stays', async () => {
    const s3 = connect(name);
    const bucket = await newBucket(s3);
    await putObject(s3, { bucket, key: 'valetkey-doctor/mine', body: 'stays' });
    const { code, stdout, stderr } = await doctor(s3, [`s3://${bucket}`]);
    expect(verdictsOf(stdout)).toEqual(healthy);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      new RegExp(
        `^valetkey: note: all is written below s3://${bucket}/valetkey-doctor/[0-9a-f]{16}/ and removed at the end\n$`,
      ),
    );
    expect(stdout).toMatch(/\n20 passed, 0 failed, 3 skipped\n$/);
    expect(await contentsOf(s3, bucket)).toEqual(['valetkey-doctor/mine']);
  });

  test('with versions and CORS: both pass, and no version and no delete marker stays', async () => {
    const s3 = connect(name);
    const bucket = await newBucket(s3);
    const client = s3Admin(s3);
    await client.send(
      new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    );
    client.destroy();
    await allowOrigins(s3, bucket, [origin]);
    const { code, stdout } = await doctor(s3, [`s3://${bucket}/tmp/`, '--origin', origin, '--json']);
    const { checks, folder, ...rest } = JSON.parse(stdout);
    const verdicts = checks.map(({ name, verdict }: Record<string, string>) => [name, verdict]);
    expect(Object.fromEntries(verdicts)).toEqual({ ...healthy, versions: 'pass', cors: 'pass' });
    expect(rest).toEqual({
      store: 'command line',
      profile: 's3',
      endpoint: s3.endpoint,
      region: 'us-east-1',
      bucket,
      passed: true,
      notTried: [],
    });
    expect(folder).toMatch(/^tmp\/[0-9a-f]{16}\/$/);
    expect(code).toBe(0);
    expect(await contentsOf(s3, bucket)).toEqual([]);
  });

  test('a wrong secret key is named, and nothing else is tried', async () => {
    const s3 = connect(name);
    const bucket = await newBucket(s3);
    const { code, stdout } = await doctor({ ...s3, secretAccessKey: 'wrong/secretKEY+0123' }, [bucket]);
    expect(verdictsOf(stdout)).toEqual({ reachable: 'pass', clock: 'pass', credentials: 'fail' });
    expect(stdout).toContain('the store does not accept the long-term keys: 403 SignatureDoesNotMatch');
    expect(stdout).toContain('not tried: address, put, get');
    expect(code).toBe(1);
  });

  test('a session that the store did not begin is named', async () => {
    const s3 = connect(name);
    const bucket = await newBucket(s3);
    vi.stubEnv('AWS_SESSION_TOKEN', 'foreign-token');
    const { code, stdout } = await doctor(s3, [bucket]);
    expect(verdictsOf(stdout)).toEqual({ reachable: 'pass', clock: 'pass', credentials: 'fail' });
    expect(stdout).not.toContain('foreign-token');
    expect(code).toBe(1);
  });

  test('a bucket that is not there is named, with what to look at', async () => {
    const { code, stdout } = await doctor(connect(name), ['s3://no-such-bucket-here']);
    expect(verdictsOf(stdout)).toMatchObject({ credentials: 'pass', address: 'fail' });
    expect(stdout).toContain('no bucket no-such-bucket-here at 127.0.0.1:');
    expect(code).toBe(1);
  });

  test('a clock 20 minutes behind or ahead is one failure, and hides no other', async () => {
    const s3 = connect(name);
    const bucket = await newBucket(s3);
    for (const [aheadMs, words] of [
      [-1_200_000, 's behind the store'],
      [1_200_000, 's ahead of the store'],
    ] as const) {
      const { code, stdout } = await doctor(s3, [bucket], aheadMs);
      expect(verdictsOf(stdout)).toEqual({ ...healthy, clock: 'fail' });
      expect(stdout).toMatch(new RegExp(`this machine is (119[5-9]|120[0-5]) ${words}`));
      expect(code).toBe(1);
    }
  });

  test('a profile that promises more than is seen fails, and those that fit are named', async () => {
    const s3 = connect(name);
    const bucket = await newBucket(s3);
    const file = path.join(folder, `${name}.yaml`);
    writeFileSync(
      file,
      `stores: { media: { profile: aws, region: us-east-1, endpoint: "${s3.endpoint}", addressing: path } }
policies:
  - { name: a, subjects: [{ kind: user }], store: media, bucket: ${bucket}, actions: [download], keys: ["a/{any}"], lifetime: { default: 5m, max: 5m } }
`,
    );
    const { code, stdout } = await doctor(s3, ['--config', file]);
    expect(verdictsOf(stdout)).toEqual({ ...healthy, slashes: 'fail', profile: 'fail' });
    expect(stdout).toContain('aws promises exact slashes, which the store does not keep; just that say: ');
    expect(code).toBe(1);
  });

  test('Ctrl-C stops it, and what was made is removed', async () => {
    const s3 = connect(name);
    const bucket = await newBucket(s3);
    const layer = await startFaultLayer({ target: s3.endpoint });
    // So slow that it cannot be done before it is interrupted.
    layer.script([{ when: {}, times: Infinity, fault: { kind: 'delay', ms: 150 } }]);
    try {
      const process = spawnValetkey(['doctor', bucket, '--endpoint-url', layer.endpoint], s3);
      await process.untilOutput(/^pass +delete/m);
      process.interrupt();
      const { code, stdout } = await process.ended;
      expect(verdictsOf(stdout)).toMatchObject({ delete: 'pass', 'clean-up': 'pass' });
      expect(stdout).toContain('not tried: ');
      expect(code).toBe(130);
      expect(await contentsOf(s3, bucket)).toEqual([]);
    } finally {
      await layer.stop();
    }
  });
});

test('a bucket that everybody may read is shouted about', async () => {
  const s3 = connect('versitygw');
  const bucket = await newBucket(s3);
  const client = s3Admin(s3);
  const open = {
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::${bucket}/*`,
  };
  await client.send(
    new PutBucketPolicyCommand({
      Bucket: bucket,
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: [open] }),
    }),
  );
  client.destroy();
  const { code, stdout } = await doctor(s3, [bucket]);
  expect(stdout).toContain('PUBLIC BUCKET: without any signature everybody may READ\n');
  expect(verdictsOf(stdout)['private']).toBe('fail');
  expect(code).toBe(1);
});

test('pages of an origin that the bucket does not name fail, with the command that prints the rules', async () => {
  const s3 = connect('seaweedfs');
  const bucket = await newBucket(s3);
  await allowOrigins(s3, bucket, ['https://other.example.com']);
  const { code, stdout } = await doctor(s3, [bucket, '--origin', origin]);
  expect(verdictsOf(stdout)).toEqual({ ...healthy, cors: 'fail' });
  expect(stdout).toContain('valetkey policy compile cors');
  expect(code).toBe(1);
});

test('a port where nobody listens is one clear row', async () => {
  const s3 = connect('seaweedfs');
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const { code, stdout } = await doctor({ ...s3, endpoint }, ['s3://some-bucket']);
  expect(verdictsOf(stdout)).toEqual({ reachable: 'fail' });
  expect(stdout).toContain('store-unavailable: expected an answer, got ECONNREFUSED');
  expect(code).toBe(1);
});

describe('behind a proxy that fails', () => {
  async function behind(rules: readonly FaultRule[]) {
    const s3 = connect('seaweedfs');
    const bucket = await newBucket(s3);
    const layer = await startFaultLayer({ target: s3.endpoint });
    layer.script(rules);
    try {
      const result = await doctor({ ...s3, endpoint: layer.endpoint }, [bucket]);
      return { ...result, left: await contentsOf(s3, bucket) };
    } finally {
      await layer.stop();
    }
  }
  const unavailable = { kind: 'status', status: 503, headers: { 'retry-after': '1' } } as const;

  test('a store that is busy for a moment is asked again', async () => {
    const { code, stdout } = await behind([
      { when: { method: 'PUT', from: 3 }, times: 2, fault: unavailable },
    ]);
    expect(verdictsOf(stdout)).toEqual(healthy);
    expect(code).toBe(0);
  });

  test('a store that stays busy is one clear row', async () => {
    const { code, stdout } = await behind([{ when: {}, times: Infinity, fault: unavailable }]);
    expect(verdictsOf(stdout)).toEqual({ reachable: 'fail' });
    expect(stdout).toContain('got status 503, 3 times');
    expect(code).toBe(1);
  });

  test('an upload whose answer is lost fails its row, and its object is removed all the same', async () => {
    const { stdout, left } = await behind([
      { when: { method: 'PUT', path: /\/deleted$/ }, fault: { kind: 'lost-answer' } },
    ]);
    expect(verdictsOf(stdout)).toEqual({ ...healthy, delete: 'fail' });
    expect(left).toEqual([]);
  });
});

test('a removal that fails does not keep the others from being made', async () => {
  const s3 = connect('seaweedfs');
  const bucket = await newBucket(s3);
  const layer = await startFaultLayer({ target: s3.endpoint });
  layer.script([{ when: { method: 'DELETE', from: 4 }, times: 3, fault: { kind: 'reset' } }]);
  try {
    const { stdout } = await doctor({ ...s3, endpoint: layer.endpoint }, [bucket]);
    expect(verdictsOf(stdout)).toEqual(healthy);
    expect(layer.log().filter(({ fault }) => fault === 'reset')).toHaveLength(3);
    expect(await contentsOf(s3, bucket)).toEqual([]);
  } finally {
    await layer.stop();
  }
});

test('keys that may not delete are told what stays, and where', async () => {
  const s3 = connect('seaweedfs');
  const bucket = await newBucket(s3);
  const layer = await startFaultLayer({ target: s3.endpoint });
  const refusal = { kind: 'status', status: 403, body: '<Error><Code>AccessDenied</Code></Error>' } as const;
  layer.script([{ when: { method: 'DELETE' }, times: Infinity, fault: refusal }]);
  try {
    const { code, stdout } = await doctor({ ...s3, endpoint: layer.endpoint }, [bucket]);
    expect(verdictsOf(stdout)).toMatchObject({ put: 'pass', delete: 'fail', 'clean-up': 'fail' });
    expect(stdout).toContain(`Remove what is below s3://${bucket}/valetkey-doctor/`);
    expect(code).toBe(1);
  } finally {
    await layer.stop();
  }
});

describe('a store that checks nothing', () => {
  const keys = {
    name: 'existing',
    region: 'us-east-1',
    accessKeyId: 'AKIAX',
    secretAccessKey: 'lax/secretKEY',
  } as const;

  test('fails in every promise that URLs make, and is cleaned all the same', async () => {
    const lax = await startLaxStore();
    try {
      vi.stubEnv('AWS_SESSION_TOKEN', 'a-token');
      const { code, stdout } = await doctor({ ...keys, endpoint: lax.endpoint }, ['some-bucket']);
      expect(verdictsOf(stdout)).toEqual({
        ...healthy,
        private: 'fail',
        signature: 'fail',
        expiry: 'fail',
        'session-token': 'fail',
        'signed-headers': 'fail',
        length: 'fail',
        checksum: 'skip',
        'conditional-write': 'skip',
        'post-form': 'fail',
      });
      expect(stdout).toContain('everybody may READ and LIST and WRITE');
      expect(stdout).toContain('another signature, a longer life, another key, another method');
      expect(stdout).not.toContain('a-token');
      expect(code).toBe(1);
      expect(lax.keys()).toEqual([]);
    } finally {
      await lax.stop();
    }
  });

  test('fails where its profile promises conditional writes', async () => {
    const lax = await startLaxStore();
    const file = path.join(folder, 'lax.yaml');
    writeFileSync(
      file,
      `stores: { media: { profile: minio, endpoint: "${lax.endpoint}", addressing: path } }\n`,
    );
    try {
      const { stdout } = await doctor({ ...keys, endpoint: lax.endpoint }, ['some-bucket', '--config', file]);
      expect(verdictsOf(stdout)).toMatchObject({
        'conditional-write': 'fail',
        checksum: 'fail',
        profile: 'fail',
      });
      expect(stdout).toContain(
        'minio promises conditional writes, POST forms, exact lengths, SHA-256 checksums, which',
      );
    } finally {
      await lax.stop();
    }
  });
});

test('a store that takes requests and never answers ends with one row', async () => {
  const layer = await startFaultLayer({ target: connect('seaweedfs').endpoint });
  layer.script([{ when: {}, times: Infinity, fault: { kind: 'black-hole' } }]);
  try {
    const { code, stdout } = await doctor({ ...connect('seaweedfs'), endpoint: layer.endpoint }, [
      'a-bucket',
    ]);
    expect(verdictsOf(stdout)).toEqual({ reachable: 'fail' });
    expect(stdout).toContain('got nothing for 10 s');
    expect(code).toBe(1);
  } finally {
    await layer.stop();
  }
});

describe('wrong input ends with 2', () => {
  test.each([
    [[], 'expected s3://BUCKET, or a configuration whose policies name one bucket'],
    [['s3://NOT_A_BUCKET'], 'The bucket name is not valid'],
    [['s3://bucket', '--prefix', '../x'], 'no "." or ".." segment'],
    [['s3://bucket', '--region', 'eu west'], 'region'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await doctor(connect('seaweedfs'), args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  test('a CloudFront distribution is not examined: its bucket is', async () => {
    const file = path.join(folder, 'cloudfront.yaml');
    writeFileSync(
      file,
      `stores:
  media:
    profile: cloudfront
    endpoint: https://d111111abcdef8.cloudfront.net
    bucket: user-media
    credentials: { cloudfrontKey: { keyPairId: K2JCJMDEHXQW5F, privateKeyFile: none.pem } }
`,
    );
    const { io, written } = memoryIo();
    expect(await run(['doctor', 'user-media', '--config', file], io)).toBe(2);
    expect(written.stderr).toContain("Examine the store of the distribution's bucket");
  });
});
