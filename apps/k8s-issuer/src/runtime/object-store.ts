import { toObjectKey, type ApiObject } from './object-key.ts';

/** The keys under which an index files an object. It must be pure, since it is asked again at removal. */
type IndexFunction<T> = (object: T) => readonly string[];

interface Index<T> {
  readonly keysOf: IndexFunction<T>;
  readonly filed: Map<string, Set<string>>;
}

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
  /** Adds an index over what is here and what will come. */
  index(name: string, keysOf: IndexFunction<T>): void;
  /** The objects that index `name` files under `indexKey`; none when there is no such index. */
  byIndex(name: string, indexKey: string): T[];
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
  const indexes = new Map<string, Index<T>>();

  const unfile = (key: string, object: T): void => {
    for (const index of indexes.values()) {
      for (const indexKey of index.keysOf(object)) removeFrom(index.filed, indexKey, key);
    }
  };

  return {
    get: (key) => objects.get(key),
    values: () => objects.values(),
    keys: () => objects.keys(),
    size: () => objects.size,
    index(name, keysOf) {
      const filed = new Map<string, Set<string>>();
      for (const [key, object] of objects) {
        for (const indexKey of keysOf(object)) addTo(filed, indexKey, key);
      }
      indexes.set(name, { keysOf, filed });
    },
    byIndex(name, indexKey) {
      const keys = indexes.get(name)?.filed.get(indexKey) ?? [];
      return [...keys].map((key) => objects.get(key)).filter((object) => object !== undefined);
    },
    set(object) {
      const key = toObjectKey(object);
      const entries = [...indexes.values()].map((index) => ({ index, keys: index.keysOf(object) }));
      const before = objects.get(key);
      if (before !== undefined) unfile(key, before);
      objects.set(key, object);
      for (const { index, keys } of entries) {
        for (const indexKey of keys) addTo(index.filed, indexKey, key);
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

function addTo(filed: Map<string, Set<string>>, indexKey: string, key: string): void {
  const keys = filed.get(indexKey);
  if (keys === undefined) filed.set(indexKey, new Set([key]));
  else keys.add(key);
}

function removeFrom(filed: Map<string, Set<string>>, indexKey: string, key: string): void {
  const keys = filed.get(indexKey);
  keys?.delete(key);
  if (keys?.size === 0) filed.delete(indexKey);
}
