import { ValetkeyError, presignPart, type Grant } from '@valetkey/core';
import { abortUpload } from './abort-upload.ts';
import type { Part } from './part-source.ts';
import { readText } from './refusal.ts';
import { callStore, toTarget, type Caller } from './store-call.ts';
import { upload } from './upload.ts';

const parallelParts = 4;

/** What is sent in parts, and as what. */
export interface MultipartUpload {
  /** Of the PUT that the parts stand for. */
  readonly grant: Grant;
  readonly parts: AsyncGenerator<Part, void, undefined>;
  readonly onlyIfAbsent: boolean;
  /** Asked before the parts become an object. */
  readonly checkUnchanged: () => Promise<void>;
  readonly signal: AbortSignal;
  /** Bytes that have gone out of all parts. */
  readonly onSent: (bytes: number) => void;
  readonly tell: (text: string) => void;
}

/** A part that the store has. */
interface SentPart {
  readonly partNumber: number;
  readonly bytes: number;
  readonly etag: string;
}

/**
 * Sends parts, four at a time, and makes them one object; returns its size. Whatever goes wrong, an interruption
 * included, the upload is aborted, so that no part stays in the bucket, and that is told.
 * @throws ValetkeyError as `upload` does
 */
export async function multipartUpload(caller: Caller, options: MultipartUpload): Promise<number> {
  const { grant } = options;
  // Not interrupted: an upload of which the id never came could not be aborted.
  const created = await callStore(
    caller,
    { kind: 'create-multipart', grant },
    { signal: AbortSignal.timeout(60_000) },
  );
  const uploadId = elementOf(await readText(created), 'UploadId');
  if (uploadId === undefined) {
    throw new ValetkeyError('store-refused', {
      field: 'UploadId',
      expected: 'the id of an upload',
      got: 'none',
    });
  }
  try {
    const sent = await sendParts(caller, uploadId, options);
    await options.checkUnchanged();
    if (options.signal.aborted) throw new ValetkeyError('interrupted');
    await complete(caller, { uploadId, sent, options });
    return sent.reduce((sum, { bytes }) => sum + bytes, 0);
  } catch (error) {
    await abortUpload(caller, { grant, uploadId, tell: options.tell });
    throw error;
  }
}

async function sendParts(
  caller: Caller,
  uploadId: string,
  { grant, parts, signal, onSent }: MultipartUpload,
): Promise<readonly SentPart[]> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  let total = 0;
  const sent: SentPart[] = [];
  const work = async () => {
    for (let next = await parts.next(); next.done !== true; next = await parts.next()) {
      if (stop.aborted) return;
      const part = next.value;
      let ofPart = 0;
      const { etag } = await upload({
        sign: async () =>
          toTarget(
            presignPart(grant, { uploadId, ...part }, await caller.credentials(), {
              store: caller.store,
              nowMs: caller.clock.now(),
            }),
          ),
        open: part.open,
        clock: caller.clock,
        signal: stop,
        onSent: (bytes) => {
          total += bytes - ofPart;
          ofPart = bytes;
          onSent(total);
        },
      });
      sent.push({
        partNumber: part.partNumber,
        bytes: part.bytes,
        etag: etag ?? missingEtag(part.partNumber),
      });
    }
  };
  let firstError: unknown;
  const guarded = () =>
    work().catch((error: unknown) => {
      firstError ??= error;
      failed.abort();
    });
  await Promise.all(Array.from({ length: parallelParts }, guarded));
  if (signal.aborted) throw new ValetkeyError('interrupted');
  if (firstError !== undefined) throw firstError;
  return sent.toSorted((a, b) => a.partNumber - b.partNumber);
}

interface Completion {
  readonly uploadId: string;
  readonly sent: readonly SentPart[];
  readonly options: MultipartUpload;
}

/** S3 may answer 200 and tell of an error in the body. Source: CompleteMultipartUpload in the API reference. */
async function complete(caller: Caller, { uploadId, sent, options }: Completion): Promise<void> {
  const { grant, onlyIfAbsent } = options;
  const rows = sent.map(
    ({ partNumber, etag }) =>
      `<Part><PartNumber>${partNumber}</PartNumber><ETag>${escape(etag)}</ETag></Part>`,
  );
  const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${rows.join('')}</CompleteMultipartUpload>`;
  const answer = await callStore(
    caller,
    { kind: 'complete-multipart', bucket: grant.bucket, key: grant.key, uploadId, onlyIfAbsent },
    { body, signal: options.signal },
  );
  const code = elementOf(await readText(answer), 'Code');
  if (code === undefined) return;
  throw new ValetkeyError(code === 'PreconditionFailed' ? 'already-exists' : 'store-refused', {
    field: 'complete',
    expected: 'a success',
    got: JSON.stringify(code),
  });
}

function missingEtag(partNumber: number): never {
  throw new ValetkeyError('store-refused', { field: `part ${partNumber}`, expected: 'an ETag', got: 'none' });
}

function elementOf(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]{1,2048})</${name}>`).exec(xml)?.[1];
  return text
    ?.replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
