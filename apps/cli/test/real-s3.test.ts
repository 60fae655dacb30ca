/** The command as a user runs it, and its URLs against a real S3 with real curl. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { createBucket, putObject, requireEngine } from '@valetkey/testbed';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

const run = promisify(execFile);
const s3 = requireEngine(inject('engines'), 'seaweedfs');
const bucket = `cli-${randomUUID()}`;
const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-cli-s3-'));
const command = new URL('../bin/valetkey-dev.ts', import.meta.url).pathname;

beforeAll(async () => {
  await createBucket(s3, bucket);
  await putObject(s3, { bucket, key: 'vision/v3/weights.bin', body: 'weights' });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function valetkey(...args: readonly string[]): Promise<string> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
  };
  const { stdout } = await run(process.execPath, ['--conditions=@valetkey/source', command, ...args], {
    env,
  });
  return stdout;
}
const presign = async (...args: readonly string[]) =>
  (
    await valetkey('presign', `s3://${bucket}/vision/v3/weights.bin`, '--endpoint-url', s3.endpoint, ...args)
  ).trimEnd();

test('presign gives URLs that download, look, upload and delete', async () => {
  const get = await presign('--expires-in', '3600');
  expect(await (await fetch(get)).text()).toBe('weights');
  expect(
    (await fetch(await presign('--http-method', 'HEAD'), { method: 'HEAD' })).headers.get('content-length'),
  ).toBe('7');
  expect((await fetch(await presign('--http-method', 'PUT'), { method: 'PUT', body: 'new' })).status).toBe(
    200,
  );
  expect(await (await fetch(get)).text()).toBe('new');
  expect((await fetch(await presign('--http-method', 'DELETE'), { method: 'DELETE' })).status).toBe(204);
  expect((await fetch(get)).status).toBe(404);
  await putObject(s3, { bucket, key: 'vision/v3/weights.bin', body: 'weights' });
});

test('k8s render gives a curl entry that downloads the object', async () => {
  const example = readFileSync(new URL('../../../examples/shares/weights.yaml', import.meta.url), 'utf8');
  const file = path.join(folder, 'share.yaml');
  writeFileSync(
    file,
    example.replaceAll('bucket: models', `bucket: ${bucket}`).replaceAll('[models]', `[${bucket}]`),
  );
  const entry = path.join(folder, 'weights.curl');
  writeFileSync(
    entry,
    await valetkey('k8s', 'render', '-f', file, '--endpoint-url', s3.endpoint, '--entry', 'weights.curl'),
  );
  const { stdout } = await run('curl', ['--silent', '--fail', '--config', entry]);
  expect(stdout).toBe('weights');
});
