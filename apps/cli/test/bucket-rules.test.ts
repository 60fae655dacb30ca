/** What `policy compile` prints and the guides show is taken by a store, and does there what is said of it. */
import { readFile, writeFile } from 'node:fs/promises';

import {
  GetBucketLifecycleConfigurationCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
} from '@aws-sdk/client-s3';
import { createBucket, requireEngine, s3Admin, temporaryFolder } from '@valetkey/testbed';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

type Engine = 'seaweedfs' | 'versitygw';

const origin = 'https://app.example.com';
let buckets = 0;

const compileCors = 'policy compile cors';
const sources = [compileCors, 'guides/cors.md', 'guides/upload-from-a-browser.md'];

describe.each<[Engine]>([['seaweedfs'], ['versitygw']])('%s', (engine) => {
  test.each(sources)('the rule of %s lets pages of the origin upload, and no others', async (source) => {
    const { bucket, client, address } = await newBucket(engine);
    const rule =
      source === compileCors
        ? await compiled('cors', '--bucket', bucket, '--origin', origin)
        : await shownIn(source);
    await client.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: JSON.parse(rule) }));
    const allowed = await preflight(address, origin);
    expect(allowed.status).toBe(200);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(origin);
    expect(allowed.headers.get('access-control-allow-methods')).toContain('PUT');
    expect(allowed.headers.get('access-control-expose-headers')).toMatch(/etag/i);
    expect((await preflight(address, 'https://other.example.com')).status).toBe(403);
  });
});

// The gateway has no lifecycle rules.
test('seaweedfs: the lifecycle rule is taken as it is printed', async () => {
  const { bucket, client } = await newBucket('seaweedfs');
  const rules = JSON.parse(await compiled('lifecycle', '--bucket', bucket));
  await client.send(
    new PutBucketLifecycleConfigurationCommand({ Bucket: bucket, LifecycleConfiguration: rules }),
  );
  const { Rules } = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }));
  expect(Rules).toEqual(rules.Rules);
  expect(Rules).toMatchObject([{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 } }]);
});

async function newBucket(engine: Engine) {
  const s3 = requireEngine(inject('engines'), engine);
  const bucket = `rules-${process.pid}-${(buckets += 1)}`;
  await createBucket(s3, bucket);
  const client = s3Admin(s3);
  onTestFinished(() => client.destroy());
  return { bucket, client, address: `${s3.endpoint}/${bucket}/uploads/a` };
}

async function shownIn(page: string): Promise<string> {
  const guide = await readFile(new URL(`../../../docs/${page}`, import.meta.url), 'utf8');
  const [, rule] = /```json\n([\s\S]*?)```/.exec(guide) ?? [];
  if (rule === undefined) throw new Error(`${page} shows no rule`);
  return rule;
}

/** What `policy compile` prints for uploads to a bucket that may be resumed for two days and a half. */
async function compiled(
  kind: string,
  flag: string,
  bucket: string,
  ...flags: readonly string[]
): Promise<string> {
  const folder = await temporaryFolder('bucket-rules');
  onTestFinished(folder.remove);
  const file = `${folder.path}/valetkey.yaml`;
  const policy = {
    name: 'media',
    subjects: [{ kind: 'user' }],
    store: 'media',
    bucket,
    actions: ['upload'],
    keys: ['uploads/{uuid}{ext}'],
    lifetime: { max: '1h' },
    upload: { session: '60h' },
  };
  await writeFile(
    file,
    JSON.stringify({ stores: { media: { profile: 'aws', region: 'us-east-1' } }, policies: [policy] }),
  );
  const { io, written } = memoryIo();
  const code = await run(['policy', 'compile', kind, '--config', file, flag, bucket, ...flags], io);
  expect({ code, stderr: written.stderr }).toEqual({ code: 0, stderr: '' });
  return written.stdout;
}

/** As a browser asks before it PUTs a part. */
async function preflight(address: string, from: string): Promise<Response> {
  return fetch(address, {
    method: 'OPTIONS',
    headers: {
      origin: from,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'content-type,x-amz-meta-valetkey-upload',
    },
  });
}
