import { expect, test } from 'vitest';

import { fingerprintOf } from './fingerprint.ts';

const scope = { endpoint: 'https://sign.example', policy: 'files' };
const content = 'a'.repeat(200_000);
const file = (text = content, lastModified = 1) => new File([text], 'a.txt', { lastModified });

test('the same file has the same fingerprint, whatever it is called', async () => {
  const renamed = new File([content], 'b.txt', { lastModified: 1 });
  expect(await fingerprintOf(file(), scope)).toBe(await fingerprintOf(renamed, scope));
});

test.each([
  ['another size', file(`${content}a`), scope],
  ['another time', file(content, 2), scope],
  ['another first byte', file(`b${content.slice(1)}`), scope],
  ['another last byte', file(`${content.slice(1)}b`), scope],
  ['another policy', file(), { ...scope, policy: 'other' }],
  ['another service', file(), { ...scope, endpoint: 'https://other.example' }],
])('%s is another fingerprint', async (_what, changed, where) => {
  expect(await fingerprintOf(changed, where)).not.toBe(await fingerprintOf(file(), scope));
});

test('a file is told apart from ten thousand others', async () => {
  const prints = await Promise.all(
    Array.from({ length: 10_000 }, (_, index) => fingerprintOf(new Blob([`file ${index}`]), scope)),
  );
  expect(new Set(prints).size).toBe(10_000);
});

test('an empty Blob without a time has one too', async () => {
  expect(await fingerprintOf(new Blob([]), scope)).toMatch(/^[0-9a-z]+-[0-9a-z]+-[0-9a-z]+$/);
});
