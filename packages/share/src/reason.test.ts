import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { shareReasons } from './reason.ts';
import { platformReasons } from './status/platform-status.ts';

test('docs/reference/share.md lists every reason, and no other', () => {
  const page = readFileSync(new URL('../../../docs/reference/share.md', import.meta.url), 'utf8');
  const listed = (heading: string): ReadonlySet<string | undefined> => {
    const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
    return new Set([...section.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name));
  };
  expect(listed('Reasons of a Share')).toEqual(new Set(shareReasons));
  expect(listed('Stores and policies')).toEqual(new Set(platformReasons));
});
