import { expect, test } from 'vitest';

import { visibleText } from './visible-text.ts';

test.each([
  ['report.pdf', 'report.pdf'],
  ['Übersicht 🎉.pdf', 'Übersicht 🎉.pdf'],
  ['invoice\u202Efdp.exe', 'invoice⟨U+202E⟩fdp.exe'],
  ['a\u0000b\nc', 'a⟨U+0000⟩b⟨U+000A⟩c'],
  ['pass\u200Bword', 'pass⟨U+200B⟩word'],
  ['lone\uD800', 'lone⟨U+D800⟩'],
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
])('%j is shown as %j', (text, shown) => {
  expect(visibleText(text)).toBe(shown);
});
