import { expect, test } from 'vitest';

import { generateKey } from './generate-key.ts';
import { compileKeyPattern } from './key-pattern.ts';

const uuid = '0b54b5a4-9f0e-4c6e-8f5a-2f6f8f6f8f6f';
const generate = (pattern: string, fileName?: string, contentType?: string) =>
  generateKey(compileKeyPattern(pattern, 'keys'), {
    subject: { kind: 'user', id: 'ann', claims: {} },
    fileName,
    contentType,
    newUuid: () => uuid,
    today: '2026-11-23',
  });

test.each([
  ['avatars/{sub}/{uuid}{ext}', 'photo.PNG', 'image/png', `avatars/ann/${uuid}.png`],
  ['{uuid}{ext}', 'photo.png', 'image/jpeg', uuid],
  ['{uuid}{ext}', 'photo.exe', 'image/png', uuid],
  ['{uuid}{ext}', 'photo', 'image/png', uuid],
  ['{uuid}{ext}', 'photo.exe', undefined, `${uuid}.exe`],
  ['{date}/{name}', '../../etc/pass wd', undefined, '2026-11-23/pass-wd'],
  ['{date}/{name}', '..', undefined, '2026-11-23/file'],
  ['{date}/{name}', '', undefined, '2026-11-23/file'],
  ['{date}/{name}', '🎉.png', undefined, '2026-11-23/-.png'],
  ['{date}/{name}', 'a\u0000b\u202Ec.txt', undefined, '2026-11-23/a-b-c.txt'],
  ['{date}/{name}', `${'n'.repeat(296)}.png`, undefined, `2026-11-23/${'n'.repeat(96)}.png`],
  ['{date}/{name}', `${'é'.repeat(300)}.png`, undefined, `2026-11-23/${'é'.repeat(48)}.png`],
  ['{date}/{name}', undefined, undefined, undefined],
  ['{date}/{any}', 'x', undefined, undefined],
  ['{date}/{rest}', 'x', undefined, undefined],
])('%s of %j as %s is %j', (pattern, fileName, contentType, key) => {
  expect(generate(pattern, fileName, contentType)).toBe(key);
});
