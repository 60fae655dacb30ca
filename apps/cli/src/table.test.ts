import { expect, test } from 'vitest';

import { toTable } from './table.ts';

test('cells stand under their headings, and nothing trails', () => {
  const rows = [
    ['avatars', 'ok'],
    ['m', 'not found'],
  ];
  expect(toTable(['policy', 'answer'], rows)).toBe('POLICY   ANSWER\navatars  ok\nm        not found\n');
});

test('a cell cannot move the cursor, break the line or turn the text round', () => {
  expect(toTable(['key'], [['a\u001b[2J\n\u202eb\u2028']])).toBe(
    'KEY\na\\u{001b}[2J\\u{000a}\\u{202e}b\\u{2028}\n',
  );
});
