import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { readOpenText, readText } from './read-text.ts';

const mebibyte = 1024 * 1024;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'valetkey-read-text-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(text: string): Promise<string> {
  const file = path.join(folder, 'file');
  await writeFile(file, text);
  return file;
}

test.each([0, 1, 65_536, mebibyte])('a file of %i bytes is read whole', async (length) => {
  expect(await readText(await fileOf('x'.repeat(length)), { code: 'file-unreadable' })).toBe(
    'x'.repeat(length),
  );
});

test('characters of several bytes are read as they are, wherever a piece of the file ends', async () => {
  const text = `a${'語'.repeat(60_000)}`;
  expect(await readText(await fileOf(text), { code: 'file-unreadable' })).toBe(text);
});

test('a file that is larger, or never ends, is refused', async () => {
  for (const file of [await fileOf('x'.repeat(mebibyte + 1)), '/dev/zero']) {
    await expect(readText(file, { code: 'invalid-configuration', hint: 'Do.' })).rejects.toMatchObject({
      code: 'invalid-configuration',
      field: file,
      expected: 'a file of at most 1 MiB',
      hint: 'Do.',
    });
  }
});

test.each([
  ['nothing', 'ENOENT'],
  ['.', 'EISDIR'],
])('what cannot be read is told of with the reason: %s', async (name, got) => {
  await expect(
    readText(path.join(folder, name), { code: 'file-unreadable', field: '--file' }),
  ).rejects.toMatchObject({ code: 'file-unreadable', field: '--file', got });
});

test('a file that somebody opened stays open', async () => {
  const handle = await open(await fileOf('text'));
  expect(await readOpenText(handle, { code: 'file-unreadable' })).toBe('text');
  expect((await handle.stat()).size).toBe(4);
  await handle.close();
});
