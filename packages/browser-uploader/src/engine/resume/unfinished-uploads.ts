import { browserEnvironment } from '../environment.ts';
import { createUploadDatabase } from './database.ts';
import { fingerprintOf } from './fingerprint.ts';
import { reopenFile } from './reopen-file.ts';
import type { ResumableUpload, ResumeScope } from './resume-store.ts';
import { isAlive } from './session-end.ts';
import { allUploads, deleteUpload, getUpload } from './upload-table.ts';

/**
 * An upload that a reload or a crash interrupted.
 * @public
 */
export interface UnfinishedUpload extends Pick<
  ResumableUpload,
  'name' | 'type' | 'bytes' | 'key' | 'expiresAt'
> {
  /**
   * The file again, without picking it; present when its handle was kept. Call it from a click: the browser may
   * ask the person. Undefined when the person says no or the file is gone.
   */
  readonly reopen?: () => Promise<File | undefined>;
  /** Forgets it here. What the store has of it stays until a lifecycle rule of the bucket removes it. */
  readonly forget: () => Promise<void>;
}

/**
 * What this browser remembers of unfinished uploads, for an interface that offers to go on. Uploading the same file
 * again continues each of them.
 * @public
 */
export async function unfinishedUploads({ now = browserEnvironment.now } = {}): Promise<
  readonly UnfinishedUpload[]
> {
  const run = createUploadDatabase();
  const withHandles = new Set(await run('handles', 'readonly', (store) => store.getAllKeys()));
  const alive = (await allUploads(run)).filter(({ upload }) => isAlive(upload, now()));
  return alive.map(({ fingerprint, upload: { name, type, bytes, key, expiresAt } }) => {
    const forget = () => deleteUpload(run, fingerprint);
    const known = { name, type, bytes, key, expiresAt, forget };
    if (!withHandles.has(fingerprint)) return known;
    const reopen = async () => {
      const handle = await run<FileSystemFileHandle | undefined>('handles', 'readonly', (store) =>
        store.get(fingerprint),
      );
      return handle === undefined ? undefined : reopenFile(handle);
    };
    return { ...known, reopen };
  });
}

/**
 * Keeps what reopens a file, beside the entry of its upload and as long as that. Call it when the upload has begun;
 * false when nothing is remembered of it.
 * @public
 */
export async function keepFileHandle(handle: FileSystemFileHandle, scope: ResumeScope): Promise<boolean> {
  const run = createUploadDatabase();
  const fingerprint = await fingerprintOf(await handle.getFile(), scope);
  if ((await getUpload(run, fingerprint)) === undefined) return false;
  await run('handles', 'readwrite', (store) => store.put(handle, fingerprint));
  return true;
}
