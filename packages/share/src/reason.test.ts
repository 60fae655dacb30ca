import { globSync, readFileSync } from 'node:fs';
import { errorCatalogue, toReason, type ErrorCode } from '@valetkey/core/errors';
import { expect, test } from 'vitest';
import { shareReasons } from './reason.ts';
import { toConditions } from './status/conditions.ts';
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

test('docs/reference/share.md lists every type of condition, and no other', () => {
  const page = readFileSync(new URL('../../../docs/reference/share.md', import.meta.url), 'utf8');
  const section = page.split('\n## Conditions of a Share\n')[1]?.split('\n## ')[0] ?? '';
  const state = { status: 'True', reason: 'Issued', message: '' } as const;
  const states = { Ready: state, Authorized: state, SecretSynced: state, LifetimeClamped: state };
  const all = toConditions([], { ...states, RenewalOverdue: state, Stalled: state, Unguarded: state }, 1, 0);
  expect([...section.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)).toEqual(all.map(({ type }) => type));
});

test('every reason but the one for what has no condition is given somewhere', () => {
  const root = new URL('../../../', import.meta.url).pathname;
  const files = globSync(['packages/share/src/**/*.ts', 'apps/k8s-issuer/src/**/*.ts'], { cwd: root });
  const code = files
    .filter((file) => !file.endsWith('.test.ts') && !file.endsWith('/src/reason.ts'))
    .map((file) => readFileSync(`${root}${file}`, 'utf8'))
    .join('\n');
  const isCode = (code: string): code is ErrorCode => code in errorCatalogue;
  const ofErrors = new Set(Object.keys(errorCatalogue).filter(isCode).map(toReason));
  const isGiven = (reason: string) => ofErrors.has(reason) || code.includes(`'${reason}'`);
  expect(shareReasons.filter((reason) => !isGiven(reason))).toEqual(['Pending']);
});
