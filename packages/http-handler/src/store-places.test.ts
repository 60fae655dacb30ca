import { expect, test } from 'vitest';

import { createStorePlaces, StoreBusy } from './store-places.ts';

const never = () => new Promise<never>(() => {});
const done = async () => 'done';

type Visit = ReturnType<typeof createStorePlaces>;

/** How many requests a store that does not answer is asked by, of so many that come. */
function hang(visit: Visit, store: string, { ofStores = 1, requests = 100 } = {}): number {
  let held = 0;
  for (let count = 0; count < requests; count += 1) {
    const ask = () => {
      held += 1;
      return never();
    };
    void visit()
      .ask({ store, ofStores }, ask)
      .catch(() => undefined);
  }
  return held;
}

test.each([
  ['one store alone has all places', 1, [16]],
  ['of two, one that hangs has half of them, and so has the other', 2, [8, 8]],
  ['of many, each has no more than it leaves free', 100, [8, 4, 2, 1, 1]],
  ['of three, each has its equal share at least, as long as there is any', 3, [8, 6, 2]],
])('%s', (_title, ofStores, expected) => {
  const visit = createStorePlaces(16);
  expect(expected.map((_, index) => hang(visit, `store-${index}`, { ofStores }))).toEqual(expected);
});

test('what one had above its share goes to the others when it comes back', async () => {
  const visit = createStorePlaces(16);
  const { promise: held, resolve: answer } = Promise.withResolvers<void>();
  const first = Array.from({ length: 8 }, () => visit());
  const asked = first.map((one) => one.ask({ store: 'a', ofStores: 3 }, () => held));
  expect(hang(visit, 'b', { ofStores: 3 })).toBe(6);
  expect(hang(visit, 'c', { ofStores: 3 })).toBe(2);
  answer();
  await Promise.all(asked);
  for (const one of first) one.end();
  expect(hang(visit, 'c', { ofStores: 3, requests: 4 })).toBe(4);
  expect(hang(visit, 'a', { ofStores: 3 })).toBe(4);
});

/** One request that asks one store, from beginning to end. */
async function once(visit: Visit, store: string, ask: () => Promise<string> = done): Promise<string> {
  const request = visit();
  try {
    return await request.ask({ store, ofStores: 2 }, ask);
  } finally {
    request.end();
  }
}

test('a request holds one place with a store, however many items of it ask there, until it ends', async () => {
  const visit = createStorePlaces(1);
  const asked = { store: 'a', ofStores: 2 };
  const request = visit();
  expect(await Promise.all([request.ask(asked, done), request.ask(asked, done)])).toEqual(['done', 'done']);
  await expect(once(visit, 'a')).rejects.toBeInstanceOf(StoreBusy);
  expect(await request.ask(asked, done)).toBe('done');
  request.end();
  expect(await once(visit, 'a')).toBe('done');
});

test('a request that waits for one store holds no place with another', async () => {
  const visit = createStorePlaces(2);
  const request = visit();
  const { promise: held, resolve: answer } = Promise.withResolvers<string>();
  await request.ask({ store: 'a', ofStores: 2 }, done);
  void request.ask({ store: 'b', ofStores: 2 }, never);
  expect(await once(visit, 'a')).toBe('done');
  const again = request.ask({ store: 'a', ofStores: 2 }, () => held);
  await expect(once(visit, 'a')).rejects.toBeInstanceOf(StoreBusy);
  answer('done');
  await again;
  expect(await once(visit, 'a')).toBe('done');
});

test('a store that fails gives its place back like one that answers', async () => {
  const visit = createStorePlaces(1);
  await expect(once(visit, 'a', () => Promise.reject(new Error('it failed')))).rejects.toThrow('it failed');
  expect(await once(visit, 'a')).toBe('done');
});

test('a request that ends before its items keeps a place as long as they ask, and no longer', async () => {
  const visit = createStorePlaces(1);
  const asked = { store: 'a', ofStores: 2 };
  const request = visit();
  const { promise: held, resolve: answer } = Promise.withResolvers<string>();
  const asking = request.ask(asked, () => held);
  request.end();
  await expect(once(visit, 'a')).rejects.toBeInstanceOf(StoreBusy);
  answer('done');
  await asking;
  expect(await request.ask(asked, done)).toBe('done');
  expect(await once(visit, 'a')).toBe('done');
});
