import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { processIo } from '../../apps/cli/src/io.ts';
import { createProgram } from '../../apps/cli/src/run.ts';
import { toCliReference } from './cli-reference.ts';

test('docs/reference/cli.md is what the commands say; `npm run generate` writes it again', () => {
  const written = readFileSync(new URL('../../docs/reference/cli.md', import.meta.url), 'utf8');
  expect(written).toBe(toCliReference(createProgram(processIo())));
});

test('every option and every example of every command is in it', () => {
  const reference = toCliReference(createProgram(processIo()));
  for (const expected of [
    'valetkey presign',
    'valetkey k8s render',
    '--http-method <method>',
    '--version',
    '--entry <key>',
    '$ valetkey presign s3://',
  ]) {
    expect(reference).toContain(expected);
  }
});
