import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { shareReasons } from './reason.ts';
import { platformReasons } from './status/platform-status.ts';

test('the reference lists every reason, and no other', () => {
  const page = readFileSync(new URL('../../../docs/reference/share.md', import.meta.url), 'utf8');
  const listed = (heading: string) =>
    [...(page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '').matchAll(/^\| `(\w+)`/gm)].map(
      ([, name]) => name,
    );
  expect(listed('Reasons of a Share').toSorted()).toEqual([...shareReasons].toSorted());
  expect(listed('Stores and policies').toSorted()).toEqual([...platformReasons].toSorted());
});
