import { parseShare, type ShareStatus } from '@valetkey/share';
import { expect, test } from 'vitest';

import { createManualTime } from '../../../test/doubles/manual-time.ts';
import { createWorkQueue } from '../../runtime/work-queue.ts';
import { createShareCaches } from './share-caches.ts';
import { createShareMemory } from './share-memory.ts';
import { createVisitPriority } from './visit-priority.ts';

const nowMs = Date.parse('2026-11-26T12:00:00Z');
const withdrawal = { finding: { reason: 'NoPolicyMatched', message: 'denied' }, status: {} } as const;

function aShare(name: string, status: ShareStatus = {}) {
  return parseShare({
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'Share',
    metadata: { name, namespace: 'vision', uid: `uid-${name}`, resourceVersion: '5' },
    spec: {
      storeRef: { kind: 'ClusterShareStore', name: 'models' },
      bucket: 'models',
      objects: [{ name: 'w', key: 'vision/w' }],
    },
    status: { secretRef: { name, uid: 'secret-uid', resourceVersion: '7' }, ...status },
  });
}

/** A queue in the order of visits to these Shares. */
function start(...shares: readonly ReturnType<typeof aShare>[]) {
  const caches = createShareCaches();
  const memory = createShareMemory();
  for (const share of shares) caches.shares.set(share);
  const priorityOf = createVisitPriority({ caches, memory, clock: createManualTime(nowMs) });
  const queue = createWorkQueue({ priorityOf });
  const addAll = () => shares.forEach(({ metadata }) => queue.add(`vision/${metadata.name}`));
  const takeAll = async () => {
    const taken: (string | undefined)[] = [];
    while (queue.length() > 0) taken.push((await queue.take())?.replace('vision/', ''));
    return taken;
  };
  return { memory, queue, addAll, takeAll };
}

test('whoever has no valid URL comes first, then whoever’s ends first', async () => {
  const { addAll, takeAll } = start(
    aShare('long', { expirationTime: '2026-11-26T14:00:00Z' }),
    aShare('short', { expirationTime: '2026-11-26T13:00:00Z' }),
    aShare('ended', { expirationTime: '2026-11-26T11:00:00Z' }),
    aShare('new'),
  );
  addAll();
  expect(await takeAll()).toEqual(['new', 'ended', 'short', 'long']);
});

test('one that was emptied comes after those that are not, also when it is asked for again', async () => {
  const shares = ['a', 'b', 'c', 'd'].map((name, n) =>
    aShare(name, { expirationTime: `2026-11-26T13:0${n}:00Z` }),
  );
  const { memory, queue, addAll, takeAll } = start(...shares);
  addAll();
  for (const share of shares.slice(0, 2)) {
    const key = (await queue.take()) ?? '';
    memory.withdrew(key, share, withdrawal);
    queue.addLate(key);
    queue.done(key);
  }
  addAll();
  expect(await takeAll()).toEqual(['c', 'd', 'a', 'b']);
});
