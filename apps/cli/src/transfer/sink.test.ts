import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { openSink } from './sink.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'valetkey-sink-'));
  file = path.join(folder, 'a.bin');
});
afterEach(() => rmSync(folder, { recursive: true }));

const bytes = (text: string) => new TextEncoder().encode(text);

describe('a file', () => {
  test('has its name only when all is there, and belongs to its owner alone', async () => {
    const sink = await openSink(file, { force: false });
    await sink.write(bytes('hel'));
    expect(existsSync(file)).toBe(false);
    await sink.write(bytes('lo'));
    await sink.commit();
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['hello', 0o600]);
    expect(readdirSync(folder)).toEqual(['a.bin']);
  });

  test('that is begun anew holds only what came after', async () => {
    const sink = await openSink(file, { force: false });
    await sink.write(bytes('the old one'));
    await sink.restart?.();
    await sink.write(bytes('new'));
    await sink.commit();
    expect(readFileSync(file, 'utf8')).toBe('new');
  });

  test('that is discarded leaves nothing', async () => {
    const sink = await openSink(file, { force: false });
    await sink.write(bytes('hello'));
    await sink.discard();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that is there is not replaced, unless it is asked for', async () => {
    writeFileSync(file, 'old');
    await expect(openSink(file, { force: false })).rejects.toMatchObject({ code: 'file-exists' });
    const sink = await openSink(file, { force: true });
    await sink.write(bytes('new'));
    await sink.commit();
    expect(readFileSync(file, 'utf8')).toBe('new');
  });

  test('that comes up in the meantime is not replaced either', async () => {
    const sink = await openSink(file, { force: false });
    writeFileSync(file, 'theirs');
    await expect(sink.commit()).rejects.toMatchObject({ code: 'file-exists' });
    await sink.discard();
    expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual(['theirs', ['a.bin']]);
  });

  test.each([false, true])('is never written through a symbolic link (force: %s)', async (force) => {
    const victim = path.join(folder, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, file);
    const opening = openSink(file, { force });
    if (force) {
      const sink = await opening;
      await sink.write(bytes('new'));
      await sink.commit();
      expect(readFileSync(file, 'utf8')).toBe('new');
    } else {
      await expect(opening).rejects.toMatchObject({ code: 'file-exists' });
      expect(readlinkSync(file)).toBe(victim);
    }
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });

  test('is not made where a dangling link leads', async () => {
    const target = path.join(folder, 'planted');
    const sink = await openSink(file, { force: false });
    symlinkSync(target, file);
    await expect(sink.commit()).rejects.toMatchObject({ code: 'file-exists' });
    await sink.discard();
    expect(existsSync(target)).toBe(false);
  });
});

test.each([
  ['a folder', () => folder, /a folder \(EISDIR\)/],
  ['a folder that is not there', () => path.join(folder, 'no', 'a.bin'), /there is none \(ENOENT\)/],
])('%s is refused with the reason', async (_title, where, reason) => {
  mkdirSync(path.join(folder, 'sub'));
  await expect(openSink(where(), { force: true })).rejects.toThrow(reason);
});

test('a full device says so, and is not replaced by a file', async () => {
  const sink = await openSink('/dev/full', { force: true });
  await expect(sink.write(bytes('hello'))).rejects.toThrow(/no space is left on the device \(ENOSPC\)/);
  await sink.discard();
  expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
});
