import { expect, test } from 'vitest';

import { createManualTime } from '../../../test/doubles/manual-time.ts';
import { aWrittenShare } from '../../../test/doubles/stored-objects.ts';
import { createWorkQueue } from '../../runtime/work-queue.ts';
import { createShareCaches } from './share-caches.ts';
import { createShareMemory } from './share-memory.ts';
import { createVisitPriority } from './visit-priority.ts';

const nowMs = Date.parse('2026-11-26T12:00:00Z');
const withdrawal = { finding: { reason: 'NoPolicyMatched', message: 'denied' }, status: {} } as const;

/** A queue in the order of visits to these Shares. */
function start(...shares: readonly ReturnType<typeof aWrittenShare>[]) {
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
    aWrittenShare('long', { expirationTime: '2026-11-26T14:00:00Z' }),
    aWrittenShare('short', { expirationTime: '2026-11-26T13:00:00Z' }),
    aWrittenShare('ended', { expirationTime: '2026-11-26T11:00:00Z' }),
    aWrittenShare('new'),
  );
  addAll();
  expect(await takeAll()).toEqual(['new', 'ended', 'short', 'long']);
});

test('one that was emptied comes after those that are not, also when it is asked for again', async () => {
  const shares = ['a', 'b', 'c', 'd'].map((name, n) =>
    aWrittenShare(name, { expirationTime: `2026-11-26T13:0${n}:00Z` }),
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
