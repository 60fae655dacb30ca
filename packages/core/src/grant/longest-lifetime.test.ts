import { expect, test } from 'vitest';

import { compilePolicy } from '../policy/policy.ts';
import { defineStore } from '../store/define-store.ts';
import { longestLifetime } from './longest-lifetime.ts';

const nowMs = Date.parse('2026-11-24T12:00:00Z');
const policy = compilePolicy(
  {
    name: 'models',
    subjects: [{ kind: 'user' }],
    stores: ['media'],
    buckets: ['models'],
    rule: { actions: ['download'], keys: ['vision/{rest}'], lifetime: { default: '5m', max: '2h' } },
  },
  'policies[0]',
);
const store = (maxLifetimeSeconds?: number) =>
  defineStore({ name: 'media', profile: 'aws', region: 'eu-central-1', maxLifetimeSeconds });

test.each([
  ["the policy's maximum, not its default", store(), undefined, 7200, 'policy'],
  ["the store's, where it is less", store(3600), undefined, 3600, 'store'],
  ['what is left of the credentials less a minute', store(3600), nowMs + 960_000, 900, 'credentials'],
] as const)('is %s', (_title, where, expiresAtMs, seconds, limitedBy) => {
  expect(longestLifetime(policy, where, { expiresAtMs }, nowMs)).toEqual({ seconds, limitedBy });
});

test('is refused with credentials that are about to end', () => {
  expect(() => longestLifetime(policy, store(), { expiresAtMs: nowMs + 60_000 }, nowMs)).toThrow(
    expect.objectContaining({ code: 'credentials-expired' }),
  );
});
