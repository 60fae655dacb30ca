/**
 * What an earlier page sent counts only as far as it is shown to be what the file holds now: the fingerprint knows a
 * file's ends only. Most stores give the MD5 of a part as its ETag; an ETag of another kind (SSE-KMS, R2) shows
 * nothing, and what is not shown is sent again. Loaded when there is something to show; next to nothing of the
 * engine comes along.
 */
import type { StoredPart } from '@valetkey/protocol';

import type { Checksum } from '../integrity/checksum.ts';
import { createWorkerDigest, type StartWorker } from '../integrity/worker-digest.ts';
import type { Plan } from '../plan.ts';
import type { CompletedUpload } from '../service-client.ts';

/** What showing needs. */
interface SameBytesContext {
  readonly environment: { readonly startWorker?: StartWorker };
  readonly signal: AbortSignal;
  readonly file: Blob;
  /** Of `checksum-worker.js`. @default beside this module */
  readonly workerUrl: URL | undefined;
}

type Shows = (etag: string, pieces: readonly Blob[]) => Promise<boolean>;

/**
 * Those of the parts whose bytes are the file's, by the store's checksum where it has one. Rejects with the signal's
 * reason, or with what the browser says when the file cannot be read.
 */
export function samePartsOf(
  plan: Plan,
  parts: Iterable<StoredPart>,
  context: SameBytesContext & {
    /** What the store should have summed. */
    readonly digestOf: (partNumber: number) => Promise<string | undefined>;
    /** Told of each as soon as it is known. @default nobody */
    readonly onSame?: (part: StoredPart) => void;
  },
): Promise<readonly StoredPart[]> {
  const pieces = piecesOf(context.file, plan);
  return withMd5(context, async (shows) => {
    const same: StoredPart[] = [];
    for (const part of parts) {
      const { partNumber, etag, checksum } = part;
      const own = checksum && (await context.digestOf(partNumber));
      const isSame =
        own === undefined
          ? await shows(etag, pieces.slice(partNumber - 1, partNumber))
          : own === checksum?.value;
      if (!isSame) continue;
      same.push(part);
      context.onSame?.(part);
    }
    return same;
  });
}

/** Whether an object that an earlier page completed, in the parts of the plan, is the file. Rejects likewise. */
export async function isSameObject(
  { etag, checksum: stored }: CompletedUpload,
  plan: Plan | undefined,
  context: SameBytesContext & { readonly checksum: Checksum | undefined },
): Promise<boolean> {
  const { checksum, signal, file } = context;
  if (checksum && stored && checksum.algorithm === stored.algorithm && stored.type !== 'COMPOSITE')
    return (await checksum.digest(file, signal)) === stored.value;
  return withMd5(context, (shows) => shows(etag, plan === undefined ? [file] : piecesOf(file, plan)));
}

function piecesOf(file: Blob, { partBytes, partCount }: Plan): readonly Blob[] {
  return Array.from({ length: partCount }, (_, index) =>
    file.slice(index * partBytes, (index + 1) * partBytes),
  );
}

async function withMd5<T>(
  { environment, signal, workerUrl }: SameBytesContext,
  work: (shows: Shows) => Promise<T>,
): Promise<T> {
  const { digest, end } = createWorkerDigest(workerUrl, environment.startWorker);
  const md5 = async (bytes: Blob) => Uint8Array.from(await digest('MD5', bytes, signal));
  let hasWorker = true;
  try {
    return await work(async (etag, pieces) => {
      // Nothing is read that shows nothing.
      const [, hex, count] = /^"?([0-9a-f]{32})(?:-(\d+))?"?$/.exec(etag) ?? [];
      if (!hasWorker || hex === undefined || pieces.length !== Number(count ?? 1)) return false;
      try {
        const sums: Uint8Array<ArrayBuffer>[] = [];
        for (const piece of pieces) sums.push(await md5(piece));
        return (
          toHex(count === undefined ? sums.flatMap((sum) => [...sum]) : await md5(new Blob(sums))) === hex
        );
      } catch (error) {
        if (signal.aborted || error instanceof DOMException) throw error;
        // There is no Worker to be had, for the other parts neither.
        hasWorker = false;
        return false;
      }
    });
  } finally {
    end();
  }
}

function toHex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
