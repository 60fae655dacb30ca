import { expect, test } from 'vitest';

import { memoryIo } from '../test/memory-io.ts';
import { run } from './run.ts';

const signature = 'f'.repeat(64);
const token = 'IQoJb3JpZ2luX2VjCANARY';
const url =
  `https://media.s3.eu-central-1.amazonaws.com/a.png?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261125T120000Z` +
  `&X-Amz-Expires=60&X-Amz-Security-Token=${token}&X-Amz-SignedHeaders=host&X-Amz-Signature=${signature}`;

test.each([
  [[url]],
  [['policy', url]],
  [['get', url, url]],
  [['completion', url]],
  [[`--${url}`]],
  [['presign', 's3://media/a.png', '--http-method', url]],
  [['presign', 's3://media/a.png', `--${url}`]],
])('a presigned URL in the wrong place is refused without its signature: %#', async (words) => {
  const { io, written } = memoryIo({ stdin: '', environment: {} });
  expect(await run(words, io)).toBe(2);
  expect(written.stderr).not.toBe('');
  expect(written.stdout + written.stderr).not.toContain(signature);
  expect(written.stdout + written.stderr).not.toContain(token);
});

test.each([
  ['send', 'photo.png', url],
  ['presign', url],
])('%s with a presigned URL for an object names the commands that take one', async (...words) => {
  const { io, written } = memoryIo({ environment: {} });
  expect(await run(words, io)).toBe(2);
  expect(written.stderr).toMatch(/expected s3:\/\/BUCKET\/KEY, got an HTTP URL.*valetkey get.*valetkey put/);
});
