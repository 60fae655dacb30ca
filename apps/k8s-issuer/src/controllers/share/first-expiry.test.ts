import { parseShare, type Share } from '@valetkey/share';
import { expect, test } from 'vitest';

import { secondsToFirstExpiry } from './first-expiry.ts';
import { createShareCaches } from './share-caches.ts';

const nowMs = Date.UTC(2026, 10, 24, 10);

function aShare(
  expirationTime: string | undefined,
  spec: object = {},
  status: object = {},
  metadata: object = {},
): Share {
  return parseShare({
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'Share',
    metadata: {
      name: `weights-${expirationTime?.toLowerCase().replaceAll(':', '-')}`,
      namespace: 'vision',
      ...metadata,
    },
    spec: {
      storeRef: { kind: 'ClusterShareStore', name: 'models' },
      bucket: 'models',
      objects: [{ name: 'weights', key: 'vision/weights.bin' }],
      ...spec,
    },
    status: { ...(expirationTime === undefined ? {} : { expirationTime }), ...status },
  });
}

const soon = '2026-11-24T10:01:00Z';
const later = '2026-11-24T11:00:00Z';
const past = '2026-11-24T09:59:30Z';

test.each<[string, readonly Share[], number | undefined]>([
  ['the earliest counts', [aShare(later), aShare(soon)], 60],
  ['what has ended is negative', [aShare(past), aShare(soon)], -30],
  ['no Share, no figure', [], undefined],
  ['a Share without URLs has none', [aShare(undefined)], undefined],
  ['a suspended Share is not renewed on purpose', [aShare(past, { suspend: true }), aShare(later)], 3600],
  ['nor is one near its end time', [aShare(soon, {}, { clampedBy: 'end-time' })], undefined],
  [
    'nor is one that is being deleted',
    [aShare(past, {}, {}, { deletionTimestamp: past }), aShare(later)],
    3600,
  ],
  ['nor is one whose namespace is', [aShare(past, {}, {}, { namespace: 'ending' }), aShare(later)], 3600],
])('%s', (_, shares, seconds) => {
  const caches = createShareCaches();
  caches.namespaces.set({ metadata: { name: 'vision' } });
  caches.namespaces.set({ metadata: { name: 'ending', deletionTimestamp: past } });
  for (const share of shares) caches.shares.set(share);
  expect(secondsToFirstExpiry(caches, nowMs)).toBe(seconds);
});
