import { describe, expect, test } from 'vitest';
import { nowMs } from '../../test/builders.ts';
import { toConditions, type ConditionState } from './conditions.ts';

const hour = 3_600_000;
const same = (state: ConditionState) => ({
  Ready: state,
  Authorized: state,
  SecretSynced: state,
  LifetimeClamped: state,
  RenewalOverdue: state,
  Stalled: state,
});
const pending: ConditionState = { status: 'Unknown', reason: 'Pending', message: 'not yet' };

describe('conditions', () => {
  const first = toConditions([], same(pending), 1, nowMs);

  test('are all six there at the first visit, with generation and time', () => {
    expect(first.map(({ type }) => type)).toEqual(Object.keys(same(pending)));
    for (const condition of first) {
      expect(condition).toMatchObject({
        ...pending,
        observedGeneration: 1,
        lastTransitionTime: '2026-11-24T10:00:00Z',
      });
    }
  });

  test('keep their transition time when reason, message or generation change', () => {
    const later = toConditions(
      first,
      same({ status: 'Unknown', reason: 'StoreNotFound', message: 'other' }),
      2,
      nowMs + hour,
    );
    expect(new Set(later.map(({ lastTransitionTime }) => lastTransitionTime))).toEqual(
      new Set(['2026-11-24T10:00:00Z']),
    );
    expect(later[0]).toMatchObject({ reason: 'StoreNotFound', message: 'other', observedGeneration: 2 });
  });

  test('move their transition time with their own status only', () => {
    const states = { ...same(pending), Ready: { ...pending, status: 'True' as const } };
    const later = toConditions(first, states, 1, nowMs + hour);
    const moved = later.filter(({ lastTransitionTime }) => lastTransitionTime === '2026-11-24T11:00:00Z');
    expect(moved.map(({ type }) => type)).toEqual(['Ready']);
  });

  test('of types that nobody knows any more are dropped', () => {
    const [ready] = first;
    if (ready === undefined) throw new Error('no condition');
    expect(toConditions([{ ...ready, type: 'Old' }], same(pending), 1, nowMs)).toEqual(first);
  });
});
