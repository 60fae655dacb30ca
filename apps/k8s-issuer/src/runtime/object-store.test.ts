import { expect, test } from 'vitest';

import { toObjectKey } from './object-key.ts';
import { createObjectStore, scopedStore } from './object-store.ts';

interface Thing {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly stores: readonly string[];
}

const thing = (name: string, ...stores: string[]): Thing => ({ metadata: { name, namespace: 'ns' }, stores });
const names = (things: readonly Thing[]): string[] => things.map((it) => it.metadata.name);

test('a key is namespace/name, or the name of what is cluster-scoped', () => {
  expect(toObjectKey({ metadata: { name: 'a', namespace: 'ns' } })).toBe('ns/a');
  expect(toObjectKey({ metadata: { name: 'a' } })).toBe('a');
});

test('an index follows objects that come, change and go', () => {
  const store = createObjectStore<Thing>();
  store.set(thing('early', 'x'));
  store.index('store', (it) => it.stores);
  store.set(thing('late', 'x', 'y'));
  expect(names(store.byIndex('store', 'x'))).toEqual(['early', 'late']);
  expect(store.set(thing('late', 'z'))).toEqual(thing('late', 'x', 'y'));
  expect(names(store.byIndex('store', 'y'))).toEqual([]);
  expect(names(store.byIndex('store', 'z'))).toEqual(['late']);
  expect(store.delete('ns/late')).toEqual(thing('late', 'z'));
  expect(store.delete('ns/late')).toBeUndefined();
  expect(names(store.byIndex('store', 'z'))).toEqual([]);
  expect([...store.keys()]).toEqual(['ns/early']);
  expect(store.size()).toBe(1);
});

test('the first under an index key is found, whatever comes, changes or goes', () => {
  const store = createObjectStore<Thing>();
  const rank = ({ stores }: Thing) => Number(stores[1]);
  store.index(
    'store',
    ({ stores }) => stores.slice(0, 1),
    (a, b) => rank(a) < rank(b),
  );
  const first = () => store.first('store', 'x')?.metadata.name;
  expect(first()).toBeUndefined();
  store.set(thing('b', 'x', '2'));
  store.set(thing('c', 'x', '3'));
  expect(first()).toBe('b');
  store.set(thing('a', 'x', '1'));
  expect(first()).toBe('a');
  store.set(thing('a', 'x', '9'));
  expect(first()).toBe('b');
  store.set(thing('b', 'y', '2'));
  expect([first(), store.first('store', 'y')?.metadata.name]).toEqual(['c', 'b']);
  store.delete('ns/c');
  expect(first()).toBe('a');
  store.delete('ns/a');
  expect([first(), store.first('store', 'y')?.metadata.name]).toEqual([undefined, 'b']);
});

test('the first is looked for only when it has changed', () => {
  const store = createObjectStore<Thing>();
  let compared = 0;
  const isBefore = (a: Thing, b: Thing) => {
    compared += 1;
    return a.metadata.name < b.metadata.name;
  };
  store.index('store', ({ stores }) => stores, isBefore);
  for (let n = 0; n < 1_000; n += 1) store.set(thing(`${n}`.padStart(4, '0'), 'x'));
  for (let n = 1; n < 1_000; n += 1) {
    store.set(thing(`${n}`.padStart(4, '0'), 'x'));
    expect(store.first('store', 'x')?.metadata.name).toBe('0000');
  }
  expect(compared).toBeLessThan(2_001);
});

test('an unknown index holds nothing', () => {
  expect(createObjectStore<Thing>().byIndex('store', 'x')).toEqual([]);
});

test('an index function that throws leaves the store as it was', () => {
  const store = createObjectStore<Thing>();
  store.index('store', (it) => {
    if (it.stores.includes('bad')) throw new Error('no such store');
    return it.stores;
  });
  store.set(thing('a', 'x'));
  expect(() => store.set(thing('a', 'bad'))).toThrow('no such store');
  expect(store.get('ns/a')).toEqual(thing('a', 'x'));
  expect(names(store.byIndex('store', 'x'))).toEqual(['a']);
});

test('one of several that fill a store sees the keys of its own namespace only, and all of what it asks for', () => {
  const store = createObjectStore<Thing>();
  for (const namespace of ['ns', 'ns-2']) store.set({ metadata: { name: 'a', namespace }, stores: [] });
  const scoped = scopedStore(store, 'ns/');
  expect([...scoped.keys()]).toEqual(['ns/a']);
  scoped.set(thing('b'));
  expect([scoped.size(), store.get('ns/b')]).toEqual([3, thing('b')]);
});
