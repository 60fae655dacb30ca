import { browserEnvironment } from '../environment.ts';
import { createUploadDatabase, type RunOnTable } from './database.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { ResumeStore } from './resume-store.ts';
import { isAlive } from './session-end.ts';
import { createUploadLocks } from './upload-locks.ts';
import { allUploads, deleteUpload, getUpload, putUpload } from './upload-table.ts';

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
  const run = createUploadDatabase();
  const locks = createUploadLocks();
  let isUnavailable = false;
  let swept: Promise<void> | undefined;
  const degraded = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    if (isUnavailable) return undefined;
    try {
      return await work();
    } catch (error) {
      isUnavailable = true;
      onUnavailable?.(reasonOf(error));
      return undefined;
    }
  };
  return {
    fingerprint: fingerprintOf,
    get: (fingerprint) =>
      degraded(async () => {
        if (!(await locks.take(fingerprint))) return undefined;
        await (swept ??= sweep(run, now()));
        const upload = (await getUpload(run, fingerprint))?.upload;
        return upload !== undefined && isAlive(upload, now()) ? upload : undefined;
      }),
    put: (fingerprint, upload) =>
      degraded(async () => {
        // Another tab may be at it: that one's entry stands.
        if (await locks.take(fingerprint)) await putUpload(run, { fingerprint, upload });
      }),
    delete: (fingerprint) =>
      degraded(async () => {
        if (!locks.holds(fingerprint)) return;
        try {
          await deleteUpload(run, fingerprint);
        } finally {
          locks.release(fingerprint);
        }
      }),
  };
}

/** Removes what has outlived its session. */
async function sweep(run: RunOnTable, nowMs: number): Promise<void> {
  for (const { fingerprint, upload } of await allUploads(run)) {
    if (!isAlive(upload, nowMs)) await deleteUpload(run, fingerprint);
  }
}

function reasonOf(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  switch (name) {
    case 'QuotaExceededError':
      return 'The browser has no room left for this site.';
    case 'SecurityError':
    case 'InvalidStateError':
      return 'The browser lets this page keep nothing, as in a private window.';
    default:
      return `IndexedDB failed: ${name}.`;
  }
}
