/** The keys under which an index files an object. It must be pure, since it is asked again at removal. */
export type IndexFunction<T> = (object: T) => readonly string[];

/** Whether the first object comes before the second; it must be pure and total. */
export type Before<T> = (a: T, b: T) => boolean;

interface Filed<T> {
  readonly keys: Set<string>;
  /** The object that comes before all others, while that is known. */
  first?: T | undefined;
}

/**
 * Objects by what an index function says of them, and per index key the one that comes first.
 * @internal
 */
export interface StoreIndex<T> {
  readonly keysOf: IndexFunction<T>;
  readonly file: (indexKey: string, key: string, object: T) => void;
  readonly unfile: (indexKey: string, key: string, object: T) => void;
  /** Keys of the objects that are filed under `indexKey`. */
  readonly under: (indexKey: string) => Iterable<string>;
  /** Of the objects under `indexKey` the first; found anew only when the one that was it has changed or gone. */
  readonly first: (indexKey: string) => T | undefined;
}

/**
 * Creates an index over the objects that `get` gives. Without `isBefore` no object comes before another.
 * @internal
 */
export function createStoreIndex<T>(
  get: (key: string) => T | undefined,
  keysOf: IndexFunction<T>,
  isBefore: Before<T> = () => false,
): StoreIndex<T> {
  const filed = new Map<string, Filed<T>>();
  return {
    keysOf,
    file(indexKey, key, object) {
      const known = filed.get(indexKey);
      if (known === undefined) {
        filed.set(indexKey, { keys: new Set([key]), first: object });
        return;
      }
      known.keys.add(key);
      if (known.first !== undefined && isBefore(object, known.first)) known.first = object;
    },
    unfile(indexKey, key, object) {
      const known = filed.get(indexKey);
      if (known === undefined) return;
      known.keys.delete(key);
      if (known.first === object) known.first = undefined;
      if (known.keys.size === 0) filed.delete(indexKey);
    },
    under: (indexKey) => filed.get(indexKey)?.keys ?? [],
    first(indexKey) {
      const known = filed.get(indexKey);
      if (known === undefined) return undefined;
      known.first ??= firstOf(known.keys, get, isBefore);
      return known.first;
    },
  };
}

function firstOf<T>(
  keys: Iterable<string>,
  get: (key: string) => T | undefined,
  isBefore: Before<T>,
): T | undefined {
  let first: T | undefined;
  for (const key of keys) {
    const object = get(key);
    if (object !== undefined && (first === undefined || isBefore(object, first))) first = object;
  }
  return first;
}
