import type { RunOnTable } from './database.ts';
import type { ResumableUpload } from './resume-store.ts';

/** What is remembered of an upload. */
export interface UploadEntry {
  readonly fingerprint: string;
  readonly upload: ResumableUpload;
}

export function getUpload(run: RunOnTable, fingerprint: string): Promise<UploadEntry | undefined> {
  return run<UploadEntry | undefined>('uploads', 'readonly', (store) => store.get(fingerprint));
}

export function allUploads(run: RunOnTable): Promise<readonly UploadEntry[]> {
  return run<UploadEntry[]>('uploads', 'readonly', (store) => store.getAll());
}

export async function putUpload(run: RunOnTable, entry: UploadEntry): Promise<void> {
  await run('uploads', 'readwrite', (store) => store.put(entry, entry.fingerprint));
}

/** With the handle of its file. */
export async function deleteUpload(run: RunOnTable, fingerprint: string): Promise<void> {
  const tables = ['handles', 'uploads'] as const;
  await Promise.all(tables.map((table) => run(table, 'readwrite', (store) => store.delete(fingerprint))));
}
