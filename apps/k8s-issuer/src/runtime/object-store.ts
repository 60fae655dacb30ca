import { toObjectKey, type ApiObject } from './object-key.ts';
import { createStoreIndex, type Before, type IndexFunction, type StoreIndex } from './store-index.ts';

/**
 * The last known state of every object of one kind, by its key and by named indexes. The objects are shared:
 * nobody may change them.
 * @internal
 */
export interface ObjectStore<T extends ApiObject> {
  get(key: string): T | undefined;
  /** Every object, in no order. */
  values(): IterableIterator<T>;
  keys(): IterableIterator<string>;
  size(): number;
  /** Adds an index over what is here and what will come; `isBefore` says which object {@link ObjectStore.first} is. */
  index(name: string, keysOf: IndexFunction<T>, isBefore?: Before<T>): void;
  /** The objects that index `name` files under `indexKey`; none when there is no such index. */
  byIndex(name: string, indexKey: string): T[];
  /** Of those the one that comes before all others. It costs nothing while that one stays as it is. */
  first(name: string, indexKey: string): T | undefined;
  /** Puts `object` in. @returns what stood there before. When an index function throws, nothing has changed. */
  set(object: T): T | undefined;
  /** Takes the object out. @returns what stood there. */
  delete(key: string): T | undefined;
}

/**
 * Creates an empty store.
 * @internal
 */
export function createObjectStore<T extends ApiObject>(): ObjectStore<T> {
  const objects = new Map<string, T>();
  const indexes = new Map<string, StoreIndex<T>>();

  const unfile = (key: string, object: T): void => {
    for (const index of indexes.values()) {
      for (const indexKey of index.keysOf(object)) index.unfile(indexKey, key, object);
    }
  };

  return {
    get: (key) => objects.get(key),
    values: () => objects.values(),
    keys: () => objects.keys(),
    size: () => objects.size,
    index(name, keysOf, isBefore) {
      const index = createStoreIndex((key) => objects.get(key), keysOf, isBefore);
      for (const [key, object] of objects) {
        for (const indexKey of keysOf(object)) index.file(indexKey, key, object);
      }
      indexes.set(name, index);
    },
    first: (name, indexKey) => indexes.get(name)?.first(indexKey),
    byIndex(name, indexKey) {
      const keys = indexes.get(name)?.under(indexKey) ?? [];
      return [...keys].map((key) => objects.get(key)).filter((object) => object !== undefined);
    },
    set(object) {
      const key = toObjectKey(object);
      const entries = [...indexes.values()].map((index) => ({ index, keys: index.keysOf(object) }));
      const before = objects.get(key);
      if (before !== undefined) unfile(key, before);
      objects.set(key, object);
      for (const { index, keys } of entries) {
        for (const indexKey of keys) index.file(indexKey, key, object);
      }
      return before;
    },
    delete(key) {
      const before = objects.get(key);
      if (before === undefined) return undefined;
      unfile(key, before);
      objects.delete(key);
      return before;
    },
  };
}

/**
 * The same store as one of several that fill it sees it: `keys` gives only those that begin with `prefix`.
 * @internal
 */
export function scopedStore<T extends ApiObject>(store: ObjectStore<T>, prefix: string): ObjectStore<T> {
  return { ...store, keys: () => [...store.keys()].filter((key) => key.startsWith(prefix)).values() };
}
