import { browserEnvironment } from '../environment.ts';
import { createUploadDatabase } from './database.ts';
import { fingerprintOf } from './fingerprint.ts';
import { reopenFile } from './reopen-file.ts';
import type { ResumableUpload, ResumeScope } from './resume-store.ts';
import { isAlive } from './session-end.ts';

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
  /** Forgets it. The service removes what the store holds at the end of the session. */
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
  const database = createUploadDatabase();
  const withHandles = await database.withHandles();
  const alive = [...(await database.all())].filter(([, upload]) => isAlive(upload, now()));
  return alive.map(([fingerprint, { name, type, bytes, key, expiresAt }]) => {
    const forget = () => database.delete(fingerprint);
    const known = { name, type, bytes, key, expiresAt, forget };
    if (!withHandles.has(fingerprint)) return known;
    const reopen = async () => {
      const handle = await database.getHandle(fingerprint);
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
  const database = createUploadDatabase();
  const fingerprint = await fingerprintOf(await handle.getFile(), scope);
  if ((await database.get(fingerprint)) === undefined) return false;
  await database.putHandle(fingerprint, handle);
  return true;
}
