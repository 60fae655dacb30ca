/** The one IndexedDB database of an origin's unfinished uploads. */
import { createGathering } from './gather.ts';

const version = 1;

/** Handles are apart from the uploads: one is read only when a file is reopened. */
const tables = ['uploads', 'handles'] as const;

type Table = (typeof tables)[number];

/** One request on a table, in their order; rejects with the browser's own `DOMException`. */
export type RunOnTable = <T>(
  table: Table,
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
) => Promise<T>;

interface Asked {
  readonly mode: IDBTransactionMode;
  /** Gives what to do when the transaction has ended. */
  readonly ask: (transaction: IDBTransaction) => () => void;
}

/** Requests of one transaction at most. */
const mostTogether = 200;

/** Opens it at the first call, and again after the browser has closed it. */
export function createUploadDatabase(): RunOnTable {
  let opening: Promise<IDBDatabase> | undefined;
  const forget = () => {
    opening = undefined;
  };
  // A transaction costs more than what is done in it.
  const run = createGathering<Asked, () => void>(mostTogether, async (batch) =>
    inOneTransaction(await (opening ??= openDatabase(forget)), batch),
  );
  return (table, mode, ask) =>
    new Promise((resolve, reject) => {
      const own = (transaction: IDBTransaction) => {
        const request = ask(transaction.objectStore(table));
        return () => resolve(request.result);
      };
      run({ mode, ask: own }).then((end) => end(), reject);
    });
}

/** A write counts when its transaction has ended: the quota is checked there. */
function inOneTransaction(database: IDBDatabase, batch: readonly Asked[]): Promise<readonly (() => void)[]> {
  const mode = batch.some((asked) => asked.mode === 'readwrite') ? 'readwrite' : 'readonly';
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(tables, mode);
    const ends = batch.map(({ ask }) => ask(transaction));
    transaction.addEventListener('complete', () => resolve(ends));
    transaction.addEventListener('abort', () => reject(transaction.error as Error));
  });
}

function openDatabase(onClosed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('valetkey-uploads', version);
    request.addEventListener('upgradeneeded', () => {
      for (const table of tables) request.result.createObjectStore(table);
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
