import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

function start(environment: NodeJS.ProcessEnv, ...args: readonly string[]) {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@valetkey/source', 'tooling/start.ts', ...args],
    { cwd: root, encoding: 'utf8', env: { ...process.env, ...environment } },
  );
  return { status, stderr };
}

const unreachable = {
  VALETKEY_S3_ENDPOINT: 'http://127.0.0.1:1',
  VALETKEY_S3_REGION: 'us-east-1',
  VALETKEY_S3_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  VALETKEY_S3_SECRET_ACCESS_KEY: 'canary-secret',
};

test('a store that cannot be reached is named, without a stack and without its secret', () => {
  const { status, stderr } = start(unreachable);
  expect(status).toBe(1);
  expect(stderr).toContain('The store cannot be reached: http://127.0.0.1:1: expected an S3 service');
  expect(stderr).toContain('ECONNREFUSED');
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr).not.toContain('canary-secret');
});

test('a store named by half of its variables says which are missing', () => {
  const { status, stderr } = start({ ...unreachable, VALETKEY_S3_REGION: '' });
  expect(status).toBe(1);
  expect(stderr).toContain('VALETKEY_S3_ENDPOINT is set but not VALETKEY_S3_REGION');
});

test('an unknown argument is wrong usage', () => {
  const { status, stderr } = start({}, '--kubernets');
  expect(status).toBe(2);
  expect(stderr).toContain('unknown argument "--kubernets"');
});
