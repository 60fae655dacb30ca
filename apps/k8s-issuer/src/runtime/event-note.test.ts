import { expect, test } from 'vitest';

import { toEventNote } from './event-note.ts';

test.each([
  ['', ''],
  ['x'.repeat(1_024), 'x'.repeat(1_024)],
  ['x'.repeat(1_025), `${'x'.repeat(1_021)}…`],
  [`x${'é'.repeat(600)}`, `x${'é'.repeat(510)}…`],
  ['😀'.repeat(300), `${'😀'.repeat(255)}…`],
])('a note takes at most 1,024 bytes and no half character: %#', (text, note) => {
  expect(toEventNote(text)).toBe(note);
  expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1_024);
});
