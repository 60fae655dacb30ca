import assert from 'node:assert/strict';
import { spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';

import { afterAll, expect, test } from 'vitest';

const command = new URL('../bin/valetkey-dev.ts', import.meta.url).pathname;
const full = openSync('/dev/full', 'w');
afterAll(() => closeSync(full));

const presign = (stdio: StdioOptions, ...args: readonly string[]) =>
  spawn(
    process.execPath,
    ['--conditions=@valetkey/source', command, 'presign', 's3://models/a.bin', ...args],
    {
      env: {
        AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'canary',
        AWS_REGION: 'eu-central-1',
      },
      stdio,
    },
  );

test('a full disk behind standard output ends with 1 and a message', async () => {
  const child = presign(['ignore', full, 'pipe']);
  assert(child.stderr !== null);
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(stderr).toBe(
    'valetkey: file-unwritable: The file cannot be written: standard output: no space is left on the device (ENOSPC)\n',
  );
  expect(code).toBe(1);
});

test('a pipe that nobody reads ends with 1 and a message', async () => {
  const child = presign(['ignore', 'pipe', 'pipe']);
  assert(child.stderr !== null && child.stdout !== null);
  child.stdout.destroy();
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(stderr).toBe(
    'valetkey: file-unwritable: The file cannot be written: standard output: it was closed before everything was written (EPIPE)\n',
  );
  expect(code).toBe(1);
});

test.each([
  ['done', [], 0],
  ['refused', ['--content-type', 'a/b'], 2],
])('a full disk behind standard error leaves the status of what is %s', async (_title, args, status) => {
  const child = presign(['ignore', 'pipe', full], ...args);
  const [code] = await once(child, 'exit');
  expect(code).toBe(status);
});
