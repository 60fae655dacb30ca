/** The one IndexedDB database of an origin's unfinished uploads. */
import type { ResumableUpload } from './resume-store.ts';

const databaseName = 'valetkey-uploads';
const version = 1;
/** Apart from the uploads: a handle is read only when a file is reopened. */
const tables = ['uploads', 'handles'] as const;

type Table = (typeof tables)[number];

/** Each call is one transaction. Rejects with the browser's own `DOMException`. */
export interface UploadDatabase {
  readonly get: (fingerprint: string) => Promise<ResumableUpload | undefined>;
  readonly all: () => Promise<ReadonlyMap<string, ResumableUpload>>;
  readonly put: (fingerprint: string, upload: ResumableUpload) => Promise<void>;
  /** With its handle. */
  readonly delete: (fingerprint: string) => Promise<void>;
  readonly withHandles: () => Promise<ReadonlySet<string>>;
  readonly getHandle: (fingerprint: string) => Promise<FileSystemFileHandle | undefined>;
  readonly putHandle: (fingerprint: string, handle: FileSystemFileHandle) => Promise<void>;
}

/** Opens it at the first call, and again after the browser has closed it. */
export function createUploadDatabase(): UploadDatabase {
  let opening: Promise<IDBDatabase> | undefined;
  const open = () => {
    opening ??= openDatabase(() => {
      opening = undefined;
    });
    return opening;
  };
  const run = async <T>(
    mode: IDBTransactionMode,
    work: (table: (name: Table) => IDBObjectStore) => () => T,
  ): Promise<T> => {
    const transaction = (await open()).transaction(tables, mode);
    const answer = work((name) => transaction.objectStore(name));
    return new Promise((resolve, reject) => {
      // A write counts when its transaction has ended: the quota is checked there.
      transaction.addEventListener('complete', () => resolve(answer()));
      transaction.addEventListener('abort', () =>
        reject(transaction.error ?? new DOMException('aborted', 'AbortError')),
      );
    });
  };
  const read = <T>(name: Table, ask: (store: IDBObjectStore) => IDBRequest<T>) =>
    run('readonly', (table) => {
      const request = ask(table(name));
      return () => request.result;
    });
  const write = (work: (table: (name: Table) => IDBObjectStore) => void) =>
    run('readwrite', (table) => {
      work(table);
      return () => undefined;
    });
  return {
    get: (fingerprint) => read<ResumableUpload | undefined>('uploads', (store) => store.get(fingerprint)),
    all: () =>
      run('readonly', (table) => {
        const keys = table('uploads').getAllKeys();
        const values: IDBRequest<ResumableUpload[]> = table('uploads').getAll();
        return () => new Map(values.result.map((upload, index) => [textOf(keys.result[index]), upload]));
      }),
    put: (fingerprint, upload) => write((table) => table('uploads').put(upload, fingerprint)),
    delete: (fingerprint) =>
      write((table) => {
        for (const name of tables) table(name).delete(fingerprint);
      }),
    withHandles: async () => new Set((await read('handles', (store) => store.getAllKeys())).map(textOf)),
    getHandle: (fingerprint) =>
      read<FileSystemFileHandle | undefined>('handles', (store) => store.get(fingerprint)),
    putHandle: (fingerprint, handle) => write((table) => table('handles').put(handle, fingerprint)),
  };
}

function openDatabase(onClosed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName, version);
    request.addEventListener('upgradeneeded', () => {
      for (const name of tables) request.result.createObjectStore(name);
    });
    request.addEventListener('error', () => {
      onClosed();
      reject(request.error ?? new DOMException('not opened', 'UnknownError'));
    });
    request.addEventListener('success', () => {
      const database = request.result;
      // A later version of this page in another tab is not kept waiting.
      database.addEventListener('versionchange', () => {
        database.close();
        onClosed();
      });
      database.addEventListener('close', onClosed);
      resolve(database);
    });
  });
}

/** Every key here is a fingerprint. */
function textOf(key: IDBValidKey | undefined): string {
  if (typeof key !== 'string') throw new TypeError('a key of the upload database is no text');
  return key;
}
