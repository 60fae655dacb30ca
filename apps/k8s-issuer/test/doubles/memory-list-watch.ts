import type { ListPage, ListWatch, WatchEvent, WatchRequest } from '../../src/runtime/list-watch.ts';

/** An object of {@link MemoryServer}. */
export interface MemoryObject {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
}

/**
 * The part of an API server that a reflector sees, in memory and with faults, for tests.
 * @internal
 */
export interface MemoryServer {
  readonly listWatch: ListWatch<MemoryObject>;
  /** Creates or changes an object. */
  put(name: string): void;
  remove(name: string): void;
  bookmark(): void;
  /** Ends the open watch: in order, with a failure, or with 410. */
  endWatch(how: 'ended' | 'gone' | 'error'): void;
  /** Lets go of the watch without a word: it will never tell anything again. */
  hangWatch(): void;
  /** Forgets the past: a watch from before now is gone. */
  compact(): void;
  /** Makes the next `count` requests fail. */
  fail(count: number): void;
  names(): string[];
  /** The requests so far: `list`, `list 2` (from item 2 on), `watch 7`. */
  readonly requests: string[];
}

const pageSize = 2;

/**
 * Creates an empty server.
 * @internal
 */
export function createMemoryServer(): MemoryServer {
  const objects = new Map<string, MemoryObject>();
  const requests: string[] = [];
  let history: WatchEvent<MemoryObject>[] = [];
  let version = 100;
  let oldest = 0;
  let failures = 0;
  let watcher:
    | { request: WatchRequest<MemoryObject>; end: (how: 'ended' | 'gone' | 'error') => void }
    | undefined;

  const admit = (what: string): void => {
    requests.push(what);
    if (failures === 0) return;
    failures -= 1;
    throw new Error(`${what} failed`);
  };
  const tell = (event: WatchEvent<MemoryObject>): void => {
    history.push(event);
    watcher?.request.onEvent(event);
  };
  const list: ListWatch<MemoryObject>['list'] = async ({
    continueToken,
  }): Promise<ListPage<MemoryObject>> => {
    admit(continueToken === undefined ? 'list' : `list ${continueToken}`);
    const from = Number(continueToken ?? 0);
    const items = [...objects.values()].slice(from, from + pageSize);
    const page = { items, resourceVersion: String(version) };
    return from + pageSize < objects.size ? { ...page, continueToken: String(from + pageSize) } : page;
  };
  const watch: ListWatch<MemoryObject>['watch'] = async (request) => {
    admit(`watch ${request.resourceVersion}`);
    if (Number(request.resourceVersion) < oldest) return 'gone';
    request.onOpen();
    for (const event of history) {
      if (Number(event.resourceVersion) > Number(request.resourceVersion)) request.onEvent(event);
    }
    return new Promise((resolve, reject) => {
      watcher = {
        request,
        end: (how) => (how === 'error' ? reject(new Error('connection reset')) : resolve(how)),
      };
    });
  };

  return {
    listWatch: { list, watch },
    requests,
    put(name) {
      version += 1;
      const object = { metadata: { name, resourceVersion: String(version) } };
      objects.set(name, object);
      tell({ kind: 'set', object, resourceVersion: String(version) });
    },
    remove(name) {
      if (!objects.delete(name)) return;
      version += 1;
      tell({ kind: 'gone', key: name, resourceVersion: String(version) });
    },
    bookmark() {
      watcher?.request.onEvent({ kind: 'bookmark', resourceVersion: String(version) });
    },
    endWatch(how) {
      watcher?.end(how);
      watcher = undefined;
    },
    hangWatch() {
      watcher = undefined;
    },
    compact() {
      version += 1;
      oldest = version;
      history = [];
    },
    fail(count) {
      failures = count;
    },
    names: () => [...objects.keys()],
  };
}
