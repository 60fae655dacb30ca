import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';

import { safeFileName } from './safe-file-name.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-names-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a file name from a key', () => {
  test.each([
    ['vision/v3/weights.bin', 'weights.bin'],
    ['folder/', 'folder'],
    ['Übergröße 1.png', 'Übergröße 1.png'],
    ['a/..', 'download'],
    ['.ssh/.bashrc', 'bashrc'],
    ['-rf', 'rf'],
    ['a\\..\\..\\evil.exe', 'a_.._.._evil.exe'],
    ['\u001b[2Jboo\u202egnp.exe', '_[2Jboo_gnp.exe'],
    ['NUL.txt', '_NUL.txt'],
    ['name. . ', 'name'],
    ['', 'download'],
    [`${'é'.repeat(300)}.tar`, `${'é'.repeat(98)}.tar`],
  ])('%j becomes %j', (key, expected) => {
    expect(safeFileName(key)).toBe(expected);
  });

  test('is one safe name whatever the key, makes a file in the folder, and stays as it is', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc
        .array(
          fc.constantFrom('.', '..', '/', '\\', '-', ' ', '\0', '\u001b', '\u202e', 'con', 'é', '😀', '.png'),
          {
            maxLength: 300,
          },
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(hostile, (key) => {
        const name = safeFileName(key);
        expect(path.basename(path.join(folder, name))).toBe(name);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
        expect(name).toMatch(/^[^\s.\-/\\][^/\\\p{C}]*$/u);
        expect(safeFileName(name)).toBe(name);
        const file = path.join(folder, name);
        writeFileSync(file, '');
        expect(readdirSync(folder)).toEqual([name]);
        rmSync(file);
      }),
      { numRuns: 200 },
    );
  });
});
