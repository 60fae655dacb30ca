import { createUploadDatabase, type RunOnTable } from './database.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { ResumeStore } from './resume-store.ts';
import { isAlive } from './session-end.ts';
import { createUploadLocks } from './upload-locks.ts';
import { allUploads, deleteUpload, getUpload, putUpload } from './upload-table.ts';

/** What the store takes from around it. */
export interface DatabaseResumeOptions {
  readonly now: () => number;
  readonly onUnavailable?: ((reason: string) => void) | undefined;
}

/** The resume store without a clock of its own: the plugin loads it later than the rest, and nothing with it twice. */
export function createDatabaseResumeStore({ now, onUnavailable }: DatabaseResumeOptions): ResumeStore {
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
        if (upload === undefined || !isAlive(upload, now())) return undefined;
        return { ...upload, isExclusive: locks.areThere() };
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
