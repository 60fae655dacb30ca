import type { ShareHead, ShareStatus } from '@valetkey/share';
import { describe, expect, test } from 'vitest';

import { createShareMemory } from './share-memory.ts';

const key = 'vision/weights';
const secretRef = { name: 'weights', uid: 's', resourceVersion: '20' };
const ours: ShareStatus = { revision: 1, secretRef, expirationTime: '2026-11-24T11:00:00Z' };
const forged: ShareStatus = { ...ours, expirationTime: '2099-01-01T00:00:00Z' };
const at = (resourceVersion: string, status: ShareStatus = ours, uid = 'u'): ShareHead => ({
  metadata: { name: 'weights', namespace: 'vision', uid, resourceVersion },
  status,
});

function afterWrite() {
  const memory = createShareMemory();
  memory.writing(key);
  memory.wrote(key, at('10'), { resourceVersion: '12', status: ours });
  return memory;
}

describe('a status that is heard', () => {
  test.each<[string, ShareHead, boolean]>([
    ['our own', at('12'), false],
    ['our own in another order of fields', at('12', { ...ours, secretRef: { ...secretRef } }), false],
    ['an older one', at('11', forged), false],
    ['our own, after somebody edited the spec', at('13'), false],
    ['another one', at('13', forged), true],
    ['that of a later Share of the same name', at('13', forged, 'another'), false],
  ])('%s: foreign is %s', (_title, share, isForeign) => {
    const memory = afterWrite();
    expect(memory.hears(key, share)).toBe(isForeign);
    expect(memory.isStatusForeign(key)).toBe(isForeign);
  });

  test('is nobody’s while a write is under way, and after one that may have been stored', () => {
    const memory = afterWrite();
    memory.writing(key);
    expect(memory.hears(key, at('13', forged))).toBe(false);
    memory.failed(key);
    expect(memory.hears(key, at('13', forged))).toBe(false);
  });

  test('is not foreign any more once ours is written again', () => {
    const memory = afterWrite();
    memory.hears(key, at('13', forged));
    memory.wrote(key, at('13'), { resourceVersion: '14', status: ours });
    expect(memory.isStatusForeign(key)).toBe(false);
  });
});

describe('a cached Share', () => {
  test('is stale while it is older than our last write', () => {
    const memory = afterWrite();
    expect([at('10'), at('11'), at('12'), at('13')].map((share) => memory.isStale(key, share))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(memory.isStale(key, at('1', ours, 'another'))).toBe(false);
  });

  test('has drifted only for the version that was probed', () => {
    const memory = createShareMemory();
    memory.drifted(key, '20');
    expect(memory.isDrifted(key, at('12'))).toBe(true);
    const renewed = at('14', { ...ours, secretRef: { ...secretRef, resourceVersion: '21' } });
    expect(memory.isDrifted(key, renewed)).toBe(false);
    expect(memory.isDrifted(key, at('12'))).toBe(false);
  });
});

test('a memory that is cleared knows nothing', () => {
  const memory = afterWrite();
  memory.drifted(key, '20');
  memory.clear();
  expect([
    memory.isStale(key, at('1')),
    memory.hears(key, at('13', forged)),
    memory.isDrifted(key, at('12')),
  ]).toEqual([false, false, false]);
});

describe('a Secret that was found to hold URLs of which no status tells', () => {
  test('is known to until it is written, whatever status is written meanwhile', () => {
    const memory = createShareMemory();
    memory.found(key, at('10'), 'weights');
    memory.told(key);
    expect([memory.filledOf(key, at('10')), memory.isChecked(key, at('10'))]).toEqual(['weights', true]);
    memory.checked(key, at('10'));
    expect([memory.filledOf(key, at('10')), memory.isChecked(key, at('10'))]).toEqual([undefined, true]);
  });

  test('says nothing of another Share of that name, and is forgotten with its own', () => {
    const memory = createShareMemory();
    memory.found(key, at('10'), 'weights');
    const another = at('11', ours, 'another');
    expect([memory.filledOf(key, another), memory.isChecked(key, another)]).toEqual([undefined, false]);
    memory.forget(key);
    expect([memory.filledOf(key, at('10')), memory.isChecked(key, at('10'))]).toEqual([undefined, false]);
  });
});
