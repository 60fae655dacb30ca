import { expect, test } from 'vitest';
import { aStore, nowMs } from '../../test/builders.ts';
import { toConditions } from './conditions.ts';
import { cutMessage } from './cut-message.ts';
import { toPlatformStatus } from './platform-status.ts';

test.each([
  ['', ''],
  ['x'.repeat(1024), 'x'.repeat(1024)],
  ['x'.repeat(1025), `${'x'.repeat(1023)}…`],
  [`x${'😀'.repeat(600)}`, `x${'😀'.repeat(511)}…`],
  ['😀'.repeat(600), `${'😀'.repeat(511)}…`],
])('a message has at most 1,024 characters and no half one: %#', (message, cut) => {
  expect(cutMessage(message)).toBe(cut);
});

test('no condition of any kind gets longer, however long a finding is', () => {
  const message = 'pattern, '.repeat(10_000);
  const state = { status: 'False', reason: 'KeyNotAllowed', message } as const;
  const states = { Ready: state, Authorized: state, SecretSynced: state, LifetimeClamped: state };
  const conditions = [
    ...toConditions([], { ...states, RenewalOverdue: state, Stalled: state, Unguarded: state }, 1, nowMs),
    ...toPlatformStatus(aStore(), { reason: 'InvalidSpec', message }, nowMs).conditions,
  ];
  expect(conditions.map((condition) => condition.message.length)).toEqual(Array(8).fill(1024));
});
