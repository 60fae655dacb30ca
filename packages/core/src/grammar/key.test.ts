import { describe, expect, test } from 'vitest';

import { parseKey } from './key.ts';

describe('parseKey, strict', () => {
  test.each([
    'a',
    'vision/v3/weights.bin',
    '%2e%2e/x',
    'a b/c+d',
    '...',
    '.hidden/x',
    'é/語/🗝',
    'k'.repeat(255),
    `${'k'.repeat(255)}/${'k'.repeat(255)}/${'k'.repeat(255)}/${'k'.repeat(255)}`,
  ])('takes %j as it is', (key) => {
    expect(parseKey(key, 'key')).toBe(key);
  });

  test.each([
    ['', 'at least one character'],
    ['..', '".." segment'],
    ['a/../b', '".." segment'],
    ['a/.', '".." segment'],
    ['/a', 'leading'],
    ['a/', 'trailing'],
    ['a//b', 'doubled'],
    ['a\\b', 'backslash'],
    ['a\u0000b', 'control'],
    ['a\u0085b', 'control'],
    ['a\u202eb', 'direction'],
    ['\ufeffa', 'byte order mark'],
    ['a\ud800', 'surrogates'],
    ['e\u0301', 'NFC'],
    ['k'.repeat(256), '255 bytes'],
    ['é'.repeat(513), '1024 bytes'],
    [7, 'a key'],
    [undefined, 'a key'],
  ])('refuses %j and says why', (key, expected) => {
    expect(() => parseKey(key, 'objects[0].key')).toThrow(
      expect.objectContaining({
        code: 'invalid-key',
        field: 'objects[0].key',
        expected: expect.stringContaining(expected),
      }),
    );
  });

  test('shows hostile text in its message escaped and cut', () => {
    expect(() => parseKey(`\u202e${'x'.repeat(5000)}`, 'key')).toThrow(/^.{0,300}$/);
    expect(() => parseKey('a\u202eb', 'key')).toThrow('\\u202e');
  });
});

describe('parseKey, raw', () => {
  const raw = { syntax: 'raw' } as const;

  test.each(['a/', 'a\\b', 'e\u0301', 'k'.repeat(1024)])('takes %j', (key) => {
    expect(parseKey(key, 'key', raw)).toBe(key);
  });

  test.each(['', '..', 'a/./b', 'a\u0007', '\udc00', 'k'.repeat(1025)])('refuses %j all the same', (key) => {
    expect(() => parseKey(key, 'key', raw)).toThrow('The object key is not valid');
  });

  test.each(['/a', 'a//b'])('takes %j only where the store keeps slashes apart', (key) => {
    expect(parseKey(key, 'key', { ...raw, slashes: 'exact' })).toBe(key);
    expect(() => parseKey(key, 'key', raw)).toThrow('does not keep apart');
  });
});
