import { browserEnvironment } from '../environment.ts';
import { createUploadDatabase, type UploadDatabase } from './database.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { ResumeStore } from './resume-store.ts';
import { isAlive } from './session-end.ts';
import { createUploadLocks } from './upload-locks.ts';

/**
 * What the store takes from around it.
 * @public
 */
export interface IndexedDbResumeOptions {
  /** Milliseconds since the epoch. @default the browser's clock */
  readonly now?: (() => number) | undefined;
  /** Told once, when uploads cannot be remembered here: private mode, no room, no IndexedDB. */
  readonly onUnavailable?: ((reason: string) => void) | undefined;
}

/**
 * Unfinished uploads in IndexedDB. An entry lives as long as its upload's session and no longer; a second tab with
 * the same file uploads it as a new one; where the browser keeps nothing, nothing is resumed and nothing fails.
 * @public
 */
export function createIndexedDbResumeStore(options: IndexedDbResumeOptions = {}): ResumeStore {
  const { now = browserEnvironment.now, onUnavailable } = options;
  const database = createUploadDatabase();
  const locks = createUploadLocks();
  let isUnavailable = false;
  let swept: Promise<void> | undefined;
  const degraded = async <T>(otherwise: T, work: () => Promise<T>): Promise<T> => {
    if (isUnavailable) return otherwise;
    try {
      return await work();
    } catch (error) {
      isUnavailable = true;
      onUnavailable?.(`An upload will not survive a reload of this page: ${reasonOf(error)}`);
      return otherwise;
    }
  };
  return {
    fingerprint: fingerprintOf,
    get: (fingerprint) =>
      degraded(undefined, async () => {
        if (!(await locks.take(fingerprint))) return undefined;
        swept ??= sweep(database, now());
        await swept;
        const upload = await database.get(fingerprint);
        return upload !== undefined && isAlive(upload, now()) ? upload : undefined;
      }),
    put: (fingerprint, upload) =>
      degraded(undefined, async () => {
        // Another tab is at it: that one's entry stands.
        if (!(await locks.take(fingerprint))) return;
        await database.put(fingerprint, upload);
      }),
    delete: (fingerprint) =>
      degraded(undefined, async () => {
        if (!locks.holds(fingerprint)) return;
        try {
          await database.delete(fingerprint);
        } finally {
          locks.release(fingerprint);
        }
      }),
  };
}

/** Removes what has outlived its session. */
async function sweep(database: UploadDatabase, nowMs: number): Promise<void> {
  const ended = [...(await database.all())].filter(([, upload]) => !isAlive(upload, nowMs));
  await Promise.all(ended.map(([fingerprint]) => database.delete(fingerprint)));
}

function reasonOf(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  switch (name) {
    case 'QuotaExceededError':
      return 'the browser has no room left for this site.';
    case 'SecurityError':
    case 'InvalidStateError':
      return 'the browser lets this page keep nothing, as in a private window.';
    case 'ReferenceError':
      return 'there is no IndexedDB here.';
    default:
      return `IndexedDB failed${name === '' ? '' : ` (${name})`}.`;
  }
}
