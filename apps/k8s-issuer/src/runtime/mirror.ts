import { ValetkeyError } from '@valetkey/core';

import type { WatchEvent } from './list-watch.ts';
import { toObjectKey, type ApiObject } from './object-key.ts';
import type { ObjectStore } from './object-store.ts';
import { parseResourceVersion } from './resource-version.ts';

/** After this many lists in a row that are older than what was seen, etcd was restored from a backup. */
const restoredAfterLists = 5;

/**
 * Told of every change of the mirrored objects, after the store has it. What a handler throws is reported and
 * changes nothing.
 * @internal
 */
export interface MirrorHandlers<T> {
  readonly added: (object: T) => void;
  readonly updated: (before: T, object: T) => void;
  /** Given the last known state, also when the deletion was only found by listing again. */
  readonly deleted: (last: T) => void;
}

/**
 * Keeps an object store at the newest state that was seen, never behind it.
 * @internal
 */
export interface Mirror<T> {
  /** The newest version seen; `undefined` before the first list. */
  resourceVersion(): string | undefined;
  /**
   * Makes the store equal to a complete list; what is missing in it is deleted.
   * @throws ValetkeyError `invalid-body` when the list is older than what was seen.
   */
  replace(items: readonly T[], resourceVersion: string): void;
  /** Takes in one event; one that is not newer than what was seen is ignored. */
  apply(event: WatchEvent<T>): void;
}

/**
 * Creates a mirror over `store`.
 * @internal
 */
export function createMirror<T extends ApiObject>(options: {
  readonly store: ObjectStore<T>;
  readonly handlers: MirrorHandlers<T>;
  readonly onError: (error: unknown) => void;
}): Mirror<T> {
  const { store, handlers, onError } = options;
  let seen: bigint | undefined;
  let olderLists = 0;

  const guard = (run: () => void): void => {
    try {
      run();
    } catch (error) {
      onError(error);
    }
  };
  const put = (object: T): void =>
    guard(() => {
      const before = store.set(object);
      if (before === undefined) handlers.added(object);
      else if (!isSameVersion(before, object)) handlers.updated(before, object);
    });
  const drop = (key: string): void =>
    guard(() => {
      const last = store.delete(key);
      if (last !== undefined) handlers.deleted(last);
    });
  const refuseOlder = (version: bigint): void => {
    if (seen === undefined || version >= seen) olderLists = 0;
    else olderLists += 1;
    if (olderLists === 0 || olderLists >= restoredAfterLists) return;
    throw new ValetkeyError('invalid-body', {
      field: 'metadata.resourceVersion',
      expected: `at least ${seen}`,
      got: String(version),
    });
  };

  return {
    resourceVersion: () => seen?.toString(),
    replace(items, resourceVersion) {
      const version = parseResourceVersion(resourceVersion);
      refuseOlder(version);
      const listed = new Set(items.map((item) => toObjectKey(item)));
      for (const key of [...store.keys()].filter((key) => !listed.has(key))) drop(key);
      for (const item of items) put(item);
      seen = version;
      olderLists = 0;
    },
    apply(event) {
      const version = parseResourceVersion(event.resourceVersion);
      if (seen !== undefined && version <= seen) return;
      seen = version;
      if (event.kind === 'set') put(event.object);
      else if (event.kind === 'gone') drop(event.key);
    },
  };
}

function isSameVersion(before: ApiObject, after: ApiObject): boolean {
  const { uid, resourceVersion } = after.metadata;
  return (
    resourceVersion !== undefined &&
    resourceVersion === before.metadata.resourceVersion &&
    uid === before.metadata.uid
  );
}
