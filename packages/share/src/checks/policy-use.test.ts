import { describe, expect, test } from 'vitest';
import { aNamespace, aPolicy, aShare, nowMs } from '../../test/builders.ts';
import { toShareStatus } from '../status/share-status.ts';
import { readSharePolicy } from '../v1alpha1/read-platform.ts';
import type { Share } from '../v1alpha1/share.ts';
import { countPolicyUse, judgePolicy } from './policy-use.ts';

const denied = (spec: Readonly<Record<string, unknown>> = {}): Share => {
  const share = aShare(spec);
  const finding = { reason: 'KeyNotAllowed', message: 'not this key' } as const;
  return { ...share, status: toShareStatus(share, { kind: 'denied', finding }, nowMs) };
};
const under = (name: string): Share => ({ ...aShare(), status: { policyRef: { name } } });
const count = (shares: readonly Share[], labels: Readonly<Record<string, string>> = { tier: 'ml' }) =>
  countPolicyUse(aPolicy(), shares, () => aNamespace({ labels }));

describe('a policy', () => {
  test('counts the Shares published under it and those it concerns that nothing allows', () => {
    const shares = [under('team-models'), under('team-models'), under('another'), denied(), aShare()];
    expect(count(shares)).toEqual({ matchedShares: 2, deniedShares: 1 });
  });

  test('counts no denied Share of another bucket, store or namespace', () => {
    const elsewhere = [
      denied({ bucket: 'other' }),
      denied({ storeRef: { kind: 'ShareStore', name: 'models' } }),
    ];
    expect(count(elsewhere)).toEqual({ matchedShares: 0, deniedShares: 0 });
    expect(count([denied()], {})).toEqual({ matchedShares: 0, deniedShares: 0 });
  });

  test('that breaks a rule counts as far as it can be read', () => {
    const spec = { ...aPolicy().spec, keys: [''] };
    const countUnder = (change: object) => {
      const policy = readSharePolicy({ ...aPolicy(), spec: { ...spec, ...change } });
      expect(judgePolicy(policy)).toMatchObject({ reason: 'InvalidSpec' });
      return countPolicyUse(policy, [under('team-models'), denied()], () => aNamespace());
    };
    expect(countUnder({})).toEqual({ matchedShares: 1, deniedShares: 1 });
    expect(countUnder({ stores: 'none' })).toEqual({ matchedShares: 1, deniedShares: 0 });
  });

  test('is available when its patterns and sizes make sense', () => {
    expect(judgePolicy(aPolicy())).toMatchObject({ reason: 'Available' });
  });

  test.each([
    ['a key pattern that no key can match', { keys: ['{namespace}/../x'] }],
    ['a name that there is not', { keys: ['{nobody}/x'] }],
    ['a default over its maximum', { lifetime: { default: '4h', max: '1h' } }],
  ])('with %s says InvalidSpec', (_title, spec) => {
    expect(judgePolicy(aPolicy('odd', spec)).reason).toBe('InvalidSpec');
  });
});
