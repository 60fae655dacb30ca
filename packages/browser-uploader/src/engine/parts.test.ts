import { expect, test } from 'vitest';

import { createBatcher } from './batcher.ts';
import { browserEnvironment } from './environment.ts';
import { parseRetryAfter } from './retry-after.ts';
import { createSlots } from './slots.ts';
import { isExpiry, parseStoreError } from './store-error.ts';

test.each([
  [null, undefined],
  ['3', 3000],
  ['Tue, 24 Nov 2026 12:00:10 GMT', 10_000],
  ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
  ['soon', undefined],
  ['-1', undefined],
])('Retry-After %j is %j ms', (header, ms) => {
  const parsed = parseRetryAfter(header, Date.parse('2026-11-24T12:00:00Z'));
  expect(parsed).toBe(ms);
});

test.each([
  [403, '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>', true],
  [403, '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>', false],
  [400, '<Error><Code>ExpiredToken</Code></Error>', true],
  [403, 'no XML', false],
  [403, `<Code>${'x'.repeat(1000)}`, false],
])('a %d with %.40s is an expiry: %s', (status, body, expiry) => {
  expect(isExpiry(parseStoreError(status, body))).toBe(expiry);
});

test("a store's text is shown as text", () => {
  expect(parseStoreError(400, '<Code>A</Code><Message>&lt;b&gt; &amp;lt;</Message>')).toMatchObject({
    message: '<b> &lt;',
  });
});

test('a batch is full at its maximum, and each gets its own answer', async () => {
  const sent: number[][] = [];
  const double = createBatcher<number, number>({
    maxItems: 3,
    windowMs: () => 1,
    weigh: () => 1,
    maxWeight: 100,
    environment: browserEnvironment,
    send: async (items) => {
      sent.push([...items]);
      return items.map((item) => item * 2);
    },
  });
  expect(await Promise.all([1, 2, 3, 4].map(double))).toEqual([2, 4, 6, 8]);
  expect(sent).toEqual([[1, 2, 3], [4]]);
});

test('a batch may promise its answers, and one that is broken fails its own item only', async () => {
  const late = createBatcher<number, number>({
    maxItems: 2,
    windowMs: () => 1,
    environment: browserEnvironment,
    send: async () => [Promise.resolve(1), Promise.reject(new TypeError('broken'))],
  });
  const [first, second] = await Promise.allSettled([late(1), late(2)]);
  expect([first?.status, second?.status]).toEqual(['fulfilled', 'rejected']);
});

test('an answer that is missing fails its own item only', async () => {
  const short = createBatcher<number, number>({
    maxItems: 2,
    windowMs: () => 1,
    weigh: () => 1,
    maxWeight: 100,
    environment: browserEnvironment,
    send: async () => [1],
  });
  const [first, second] = await Promise.allSettled([short(1), short(2)]);
  expect([first?.status, second?.status]).toEqual(['fulfilled', 'rejected']);
});

test('slots are given in the order they were asked for, and giving one back twice gives one', async () => {
  const { signal } = new AbortController();
  const slots = createSlots(1);
  const order: number[] = [];
  const first = await slots.take(signal);
  const later = [1, 2].map(async (number) => {
    const giveBack = await slots.take(signal);
    order.push(number);
    return giveBack;
  });
  first();
  first();
  (await later[0])?.();
  (await later[1])?.();
  expect(order).toEqual([1, 2]);
});
