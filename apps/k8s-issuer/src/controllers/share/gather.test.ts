import { parseShare, type Share } from '@valetkey/share';
import { describe, expect, test } from 'vitest';

import { gather } from './gather.ts';
import { createShareCaches } from './share-caches.ts';
import { createShareMemory } from './share-memory.ts';

const made = (name: string) => ({ secretRef: { name, uid: 's', resourceVersion: '7' } });
const aShare = (
  name: string,
  change: { uid?: string; at?: string; status?: object; metadata?: object } = {},
) =>
  parseShare({
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'Share',
    metadata: {
      name,
      namespace: 'vision',
      uid: change.uid ?? name,
      creationTimestamp: change.at ?? '2026-11-24T10:00:00Z',
      ...change.metadata,
    },
    spec: {
      storeRef: { kind: 'ClusterShareStore', name: 'models' },
      bucket: 'models',
      objects: [{ name: 'a', key: 'vision/a' }],
      target: { secretName: 'wanted' },
    },
    status: change.status,
  });

/** Who stands in each one's way, where `written` has made a Secret of which its status does not tell. */
function rivals(
  shares: readonly Share[],
  written?: { readonly share: Share; readonly secretName: string },
): Readonly<Record<string, string | undefined>> {
  const caches = createShareCaches();
  const memory = createShareMemory();
  if (written !== undefined) memory.filled('vision/written', written.share, written.secretName);
  caches.namespaces.set({ metadata: { name: 'vision' } });
  for (const share of shares) caches.shares.set(share);
  return Object.fromEntries(
    shares.map(({ metadata: { name } }) => {
      const gathered = gather(caches, memory, `vision/${name}`, 0);
      return [name, gathered?.kind === 'share' ? gathered.inputs.rival : 'not gathered'];
    }),
  );
}

describe('of two Shares on one Secret', () => {
  test('the one that has made it keeps it, however young', () => {
    const shares = [
      aShare('elder', { at: '2026-11-24T09:00:00Z' }),
      aShare('maker', { status: made('wanted') }),
    ];
    expect(rivals(shares)).toEqual({ elder: 'maker', maker: undefined });
  });

  test('the older gets it before there is one, and of two in one second that with the smaller uid', () => {
    const younger = aShare('younger', { uid: 'a', at: '2026-11-24T10:00:01Z' });
    expect(rivals([younger, aShare('z', { uid: 'z' }), aShare('b', { uid: 'b' })])).toEqual({
      younger: 'b',
      z: 'b',
      b: undefined,
    });
  });

  test('one that has just made it keeps it before its status says so, unless another status does', () => {
    const share = aShare('written', { uid: 'z' });
    const elder = aShare('elder', { at: '2026-11-24T09:00:00Z' });
    const maker = aShare('elder', { at: '2026-11-24T09:00:00Z', status: made('wanted') });
    const shares = [share, elder];
    expect(rivals(shares, { share, secretName: 'wanted' })['written']).toBeUndefined();
    expect(rivals(shares, { share, secretName: 'former' })['written']).toBe('elder');
    expect(rivals([share, maker], { share, secretName: 'wanted' })['written']).toBe('elder');
  });

  test('one that has made another Secret has no claim to this one', () => {
    const shares = [aShare('a'), aShare('b', { status: made('former') })];
    expect(rivals(shares)).toEqual({ a: undefined, b: 'a' });
  });

  test('one that is being deleted stands in nobody’s way', () => {
    const leaving = { deletionTimestamp: '2026-11-24T11:00:00Z' };
    const shares = [aShare('a', { metadata: leaving, status: made('wanted') }), aShare('b')];
    expect(rivals(shares)).toEqual({ a: 'not gathered', b: undefined });
  });
});
