/** `valetkey presign --once` against a store that has conditional writes. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { createBucket, requireEngine } from '@valetkey/testbed';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

import { runValetkey } from './valetkey-process.ts';

const s3 = requireEngine(inject('engines'), 'seaweedfs');
const bucket = `once-${randomUUID()}`;
const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-once-'));
beforeAll(() => createBucket(s3, bucket));
afterAll(() => rmSync(folder, { recursive: true }));

test('a URL made with --once takes one upload, and what is there stays', async () => {
  writeFileSync(
    path.join(folder, 'valetkey.yaml'),
    `stores:\n  box: { profile: seaweedfs, endpoint: "${s3.endpoint}", region: ${s3.region} }\n`,
  );
  for (const name of ['first', 'second']) writeFileSync(path.join(folder, name), name);
  const object = [`s3://${bucket}/a`, '--store', 'box', '--config', 'valetkey.yaml'];
  const sign = async (...args: readonly string[]) =>
    (await runValetkey(['presign', ...object, ...args], { s3, folder })).stdout;
  const upload = await sign('--http-method', 'PUT', '--once');
  const put = (file: string) => runValetkey(['put', file], { stdin: upload, folder });
  expect(await put('first')).toMatchObject({ code: 0 });
  expect(await put('second')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('already-exists: The object exists already: PUT status 412'),
  });
  expect(await (await fetch((await sign()).trim())).text()).toBe('first');
});
