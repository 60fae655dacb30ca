import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { createManualTime } from '../../test/doubles/manual-time.ts';
import { watchFile } from './watched-file.ts';

test('a link swapped as kubelet does it is seen within a second', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watched-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const time = createManualTime();
  const swapTo = (content: string): void => {
    writeFileSync(join(folder, content), content);
    symlinkSync(content, join(folder, 'next'));
    renameSync(join(folder, 'next'), join(folder, 'token'));
  };
  swapTo('one');
  const file = watchFile(join(folder, 'token'), time);
  expect(String(file.read())).toBe('one');
  swapTo('two');
  expect(String(file.read())).toBe('one');
  await time.advance(1_000);
  expect(String(file.read())).toBe('two');
  swapTo('six');
  expect(String(file.reread())).toBe('six');
});

test('a file that cannot be read is said, not hidden behind old content', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watched-'));
  const time = createManualTime();
  writeFileSync(join(folder, 'token'), 'one');
  const file = watchFile(join(folder, 'token'), time);
  file.read();
  rmSync(folder, { recursive: true });
  await time.advance(1_000);
  expect(() => file.read()).toThrow('ENOENT');
});
