import { expect, test } from 'vitest';

import { createManualTime } from '../../test/doubles/manual-time.ts';
import { createEventRecorder, type EventToWrite, type RecordedEvent } from './event-recorder.ts';

const anEvent = (change: Partial<RecordedEvent> = {}): RecordedEvent => ({
  regarding: { apiVersion: 'x/v1', kind: 'Thing', namespace: 'ns', name: 'a', uid: 'u-1' },
  type: 'Warning',
  reason: 'KeyNotAllowed',
  action: 'Publish',
  note: 'no',
  ...change,
});

function start() {
  const time = createManualTime(1_000);
  const stored = new Map<string, EventToWrite>();
  const results: string[] = [];
  const server = { failures: 0 };
  const recorder = createEventRecorder({
    clock: time,
    timers: time,
    toName: ({ regarding }, n) => `${regarding.name}.${n}`,
    async write(event, isNew) {
      if (server.failures > 0) {
        server.failures -= 1;
        throw new Error('refused');
      }
      if (stored.has(event.name) === isNew) throw new Error(isNew ? 'exists' : 'not there');
      stored.set(event.name, event);
    },
    onWrite: (result) => results.push(result),
  });
  const stop = new AbortController();
  const running = recorder.run(stop.signal);
  return { time, stored, results, server, recorder, stop, running };
}

test('the same thing is counted on one event, with one write for a storm of it', async () => {
  const { time, stored, results, recorder } = start();
  for (let n = 0; n < 100; n += 1) recorder.record(anEvent());
  await time.advance(0);
  await time.advance(5_000);
  recorder.record(anEvent());
  recorder.record(anEvent());
  await time.advance(20_000);
  expect([...stored.values()]).toMatchObject([{ name: 'a.1', count: 102, firstMs: 1_000, lastMs: 6_000 }]);
  expect(results).toEqual(['written', 'written']);
});

test.each<[string, Partial<RecordedEvent>]>([
  ['object', { regarding: { ...anEvent().regarding, uid: 'u-2', name: 'b' } }],
  ['reason', { reason: 'StoreNotFound' }],
  ['note', { note: 'never' }],
])('another %s is another event', async (_what, change) => {
  const { time, stored, recorder } = start();
  recorder.record(anEvent());
  recorder.record(anEvent(change));
  await time.advance(1_000);
  expect(stored.size).toBe(2);
});

test('after its window the same thing is a new event', async () => {
  const { time, stored, recorder } = start();
  recorder.record(anEvent());
  await time.advance(601_000);
  recorder.record(anEvent());
  await time.advance(1_000);
  expect([...stored.values()].map(({ count }) => count)).toEqual([1, 1]);
});

test('a flood is written at a bounded rate, and what is too much is dropped and counted', async () => {
  const { time, stored, results, recorder } = start();
  for (let n = 0; n < 2_000; n += 1) recorder.record(anEvent({ note: String(n) }));
  await time.advance(10_000);
  expect(stored.size).toBeLessThanOrEqual(100);
  expect(results.filter((it) => it === 'dropped').length).toBeGreaterThanOrEqual(1_400);
});

test('what was dropped is a new event when it happens again later', async () => {
  const { time, stored, results, recorder } = start();
  for (let n = 0; n < 2_000; n += 1) recorder.record(anEvent({ note: String(n) }));
  expect(results).toContain('dropped');
  await time.advance(120_000);
  recorder.record(anEvent({ note: '1999' }));
  await time.advance(1_000);
  expect([...stored.values()].find(({ note }) => note === '1999')).toMatchObject({ count: 1 });
});

test('a write that fails is given up; the next count brings the event in', async () => {
  const { time, stored, results, server, recorder } = start();
  server.failures = 1;
  recorder.record(anEvent());
  await time.advance(1_000);
  recorder.record(anEvent());
  await time.advance(10_000);
  expect([...stored.values()]).toMatchObject([{ count: 2 }]);
  expect(results).toEqual(['failed', 'written']);
});

test('a note is cut to what an event takes', async () => {
  const { time, stored, recorder } = start();
  recorder.record(anEvent({ note: 'x'.repeat(5_000) }));
  await time.advance(1_000);
  expect(stored.get('a.1')?.note).toBe(`${'x'.repeat(1_021)}…`);
});

test('the abort ends it', async () => {
  const { time, stop, running, recorder } = start();
  recorder.record(anEvent());
  await time.advance(1_000);
  stop.abort();
  await running;
  expect(time.armed()).toBe(0);
});
