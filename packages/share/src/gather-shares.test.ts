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

describe('of two Shares on one Secret', () => {
  const stored = (name: string, uid: string, day: number, more: object = {}) => ({
    ...aShare(
      { target: { secretName: 'wanted' } },
      { name, uid, creationTimestamp: `2026-11-0${day}T10:00:00Z` },
    ),
    ...more,
  });
  const rivals = (...shares: readonly object[]) =>
    gatherShares([namespace, aPolicy(), aStore(), ...shares], nowMs).map(({ rival }) => rival);

  test('the older one has it, unless the other has made it', () => {
    expect(rivals(stored('young', 'a', 2), stored('old', 'b', 1))).toEqual(['old', undefined]);
    const made = { status: { secretRef: { name: 'wanted', uid: 's', resourceVersion: '1' } } };
    expect(rivals(stored('young', 'a', 2, made), stored('old', 'b', 1))).toEqual([undefined, 'young']);
  });

  test('nobody is in the way who is elsewhere, leaving, or not stored yet', () => {
    const elsewhere = aShare(
      { target: { secretName: 'wanted' } },
      { name: 'other', uid: 'c', namespace: 'audio' },
    );
    const leaving = aShare(
      { target: { secretName: 'wanted' } },
      { name: 'leaving', uid: 'd', deletionTimestamp: '2026-11-01T10:00:00Z' },
    );
    const planned = aShare({ target: { secretName: 'wanted' } }, { name: 'planned', uid: undefined });
    expect(rivals(stored('one', 'z', 2), elsewhere, leaving, planned)[0]).toBeUndefined();
  });
});
