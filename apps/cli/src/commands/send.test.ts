import { expect, test } from 'vitest';

import { memoryIo } from '../../test/memory-io.ts';
import { run } from '../run.ts';

const environment = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'canary',
  AWS_REGION: 'eu-central-1',
};

test.each([
  [['-', 's3://box/in/'], /--name: expected a name for what comes from standard input/],
  [['a', 's3://box/in/b', '--name', 'c'], /--name: expected a destination that ends with a slash/],
  [['/nonexistent', 's3://box/in/'], /file-unreadable.*"\/nonexistent".*there is none \(ENOENT\)/],
  [['a', 's3://box/../b'], /invalid-key/],
  [['a', 's3://box/in/', '--expires-in', '0'], /from 1 to 604800/],
  [['a', 's3://box/in/', '--qr', '--json'], /cannot be used with option/],
])('send %j is refused as wrong usage', async (args, message) => {
  const { io, written } = memoryIo({ environment });
  expect(await run(['send', ...args], io)).toBe(2);
  expect(written.stderr).toMatch(message);
  expect(written.stdout).toBe('');
});
