/** The one IndexedDB database of an origin's unfinished uploads. */

const version = 1;

/** Handles are apart from the uploads: one is read only when a file is reopened. */
type Table = 'uploads' | 'handles';

/** One transaction on a table; rejects with the browser's own `DOMException`. */
export type RunOnTable = <T>(
  table: Table,
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
) => Promise<T>;

/** Opens it at the first call, and again after the browser has closed it. */
export function createUploadDatabase(): RunOnTable {
  let opening: Promise<IDBDatabase> | undefined;
  const forget = () => {
    opening = undefined;
  };
  return async (table, mode, ask) => {
    const transaction = (await (opening ??= openDatabase(forget))).transaction(table, mode);
    const request = ask(transaction.objectStore(table));
    return new Promise((resolve, reject) => {
      // A write counts when its transaction has ended: the quota is checked there.
      transaction.addEventListener('complete', () => resolve(request.result));
      transaction.addEventListener('abort', () => reject(transaction.error as Error));
    });
  };
}

function openDatabase(onClosed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('valetkey-uploads', version);
    request.addEventListener('upgradeneeded', () => {
      for (const table of ['uploads', 'handles'] as const) request.result.createObjectStore(table);
    });
    request.addEventListener('error', () => {
      onClosed();
      reject(request.error);
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
