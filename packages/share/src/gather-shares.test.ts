import { describe, expect, test } from 'vitest';
import { aPolicy, aShare, aStore, nowMs } from '../test/builders.ts';
import { decideShare } from './decide-share.ts';
import { gatherShares, gatherStoredShares } from './gather-shares.ts';

const namespace = { kind: 'Namespace', metadata: { name: 'vision', labels: { tier: 'ml' } } };
const oddPolicy = { ...aPolicy('odd'), spec: { ...aPolicy().spec, keys: [''] } };
const oddStore = { ...aStore(), spec: { ...aStore().spec, profile: 'none' } };
const others = [
  { ...aStore(), metadata: { name: 'elsewhere' } },
  { ...oddStore, kind: 'ShareStore', metadata: { name: 'models', namespace: 'vision' } },
];
const decide = (objects: readonly unknown[]) => gatherStoredShares(objects, nowMs).map(decideShare);

describe('objects that a cluster has stored', () => {
  test('are gathered with what breaks a rule left out', () => {
    const objects = [namespace, aShare(), aPolicy(), oddPolicy, ...others, aStore()];
    expect(decide(objects)).toMatchObject([{ allowed: true, authorization: { policy: 'team-models' } }]);
  });

  test('say so when what a Share needs is among those', () => {
    expect(decide([namespace, aShare(), oddPolicy, aStore()])).toMatchObject([
      {
        finding: { reason: 'NoPolicyMatched', message: expect.stringContaining('SharePolicy odd') as string },
      },
    ]);
    expect(decide([namespace, aShare(), aPolicy(), oddStore, ...others])).toMatchObject([
      { finding: { reason: 'StoreUnavailable' } },
    ]);
  });
});

test.each([
  ['policy', oddPolicy],
  ['store', oddStore],
])('a %s in a file that breaks a rule is an error', (_, object) => {
  expect(() => gatherShares([namespace, aShare(), object], nowMs)).toThrow(/spec\.(keys|profile)/);
});
