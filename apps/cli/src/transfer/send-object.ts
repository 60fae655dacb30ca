import type { Readable } from 'node:stream';
import { ownerGrant, presign, ValetkeyError, type Grant, type UploadTerms } from '@valetkey/core';
import { digestOf } from './content-digest.ts';
import type { FileSource } from './file-source.ts';
import { multipartUpload } from './multipart-upload.ts';
import { partsOfFile, partsOfStream, type Part } from './part-source.ts';
import { callStore, toTarget, type Caller } from './store-call.ts';
import { upload } from './upload.ts';

/** What one PUT takes; more goes in parts. */
const singleBytes = 16 * 1024 * 1024;
const urlSeconds = 3600;

/** What becomes an object. */
export type Content =
  | { readonly kind: 'file'; readonly source: FileSource }
  | { readonly kind: 'stream'; readonly stream: Readable };

/** Which object, and how. */
export interface Sending {
  readonly bucket: string;
  readonly key: string;
  readonly content: Content;
  readonly contentType: string;
  /** Replace an object that is there. */
  readonly force: boolean;
  readonly signal: AbortSignal;
  readonly onSent: (bytes: number) => void;
  readonly tell: (text: string) => void;
}

/** What is in the bucket now. */
export interface Sent {
  readonly bytes: number;
  /** Where the bucket keeps versions. */
  readonly versionId: string | undefined;
}

/**
 * Puts a file or a stream into a bucket, in parts when it is large, and looks at what is there afterwards. An object
 * that is there is not replaced unless `force`; where the store has no conditional writes it is only looked for before.
 * @throws ValetkeyError `already-exists`, `file-changed`, `size-mismatch`, `interrupted`, `store-refused`,
 * `store-unavailable`
 */
export async function sendObject(caller: Caller, sending: Sending): Promise<Sent> {
  const { content, force } = sending;
  const onlyIfAbsent = !force && caller.store.profile.conditionalWrites;
  if (!force && !onlyIfAbsent) await refuseIfPresent(caller, sending);
  const { first, parts } = await split(content, sending.signal);
  const bytes =
    parts === undefined
      ? await sendWhole(caller, first, { ...sending, onlyIfAbsent })
      : await multipartUpload(caller, {
          ...sending,
          grant: toGrant(caller, sending, {}),
          parts,
          onlyIfAbsent,
          checkUnchanged: content.kind === 'file' ? content.source.checkUnchanged : async () => undefined,
        });
  return lookAt(caller, sending, bytes);
}

interface Split {
  readonly first: Part;
  /** All parts, the first included; absent where the first is all. */
  readonly parts?: AsyncGenerator<Part, void, undefined>;
}

async function split(content: Content, signal: AbortSignal): Promise<Split> {
  if (content.kind === 'file') {
    const { source } = content;
    const first: Part = { partNumber: 1, bytes: source.bytes, open: () => source.read(0, source.bytes) };
    return source.bytes <= singleBytes ? { first } : { first, parts: partsOfFile(source) };
  }
  const { stream } = content;
  const stop = () => stream.destroy(new ValetkeyError('interrupted'));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const parts = partsOfStream(stream, singleBytes);
  const first = await take(parts);
  const second = await parts.next();
  return second.done === true ? { first } : { first, parts: chain([first, second.value], parts) };
}

async function take(parts: AsyncGenerator<Part, void, undefined>): Promise<Part> {
  const { value } = await parts.next();
  if (value === undefined) throw new ValetkeyError('file-unreadable', { field: 'standard input' });
  return value;
}

async function* chain(
  known: readonly Part[],
  rest: AsyncGenerator<Part, void, undefined>,
): AsyncGenerator<Part, void, undefined> {
  yield* known;
  yield* rest;
}

async function sendWhole(
  caller: Caller,
  { bytes, open }: Part,
  sending: Sending & { readonly onlyIfAbsent: boolean },
): Promise<number> {
  const { onlyIfAbsent, signal, onSent } = sending;
  const { store, clock, credentials } = caller;
  // Read twice, so that the store refuses what is not the whole file.
  const checksum: UploadTerms['checksum'] = store.profile.checksums.includes('SHA256')
    ? { algorithm: 'SHA256', value: await digestOf(open(), 'sha256') }
    : undefined;
  const grant = toGrant(caller, sending, {
    contentLength: bytes,
    checksum,
    ifNoneMatch: onlyIfAbsent ? '*' : undefined,
  });
  await upload({
    sign: async () => toTarget(presign(grant, await credentials(), { store, nowMs: clock.now() })),
    open,
    clock,
    signal,
    onSent,
  });
  return bytes;
}

function toGrant(
  { store }: Caller,
  { bucket, key, contentType }: Sending,
  terms: Pick<UploadTerms, 'contentLength' | 'checksum' | 'ifNoneMatch'>,
): Grant {
  return ownerGrant(
    { method: 'PUT', bucket, key, lifetimeSeconds: urlSeconds, upload: { contentType, ...terms } },
    store,
  );
}

async function refuseIfPresent(caller: Caller, sending: Sending): Promise<void> {
  const { bucket, key } = toGrant(caller, sending, {});
  const { signal } = sending;
  const answer = await callStore(caller, { kind: 'head', bucket, key }, { signal, accept: [403, 404] });
  answer.resume();
  if (answer.statusCode !== 200) return;
  throw new ValetkeyError('already-exists', {
    field: 'key',
    hint: 'Choose another key, or replace it with --force.',
  });
}

async function lookAt(caller: Caller, sending: Sending, bytes: number): Promise<Sent> {
  const { bucket, key } = toGrant(caller, sending, {});
  const answer = await callStore(caller, { kind: 'head', bucket, key }, { signal: sending.signal });
  answer.resume();
  const { 'content-length': length, 'x-amz-version-id': version } = answer.headers;
  if (Number(length) !== bytes) {
    throw new ValetkeyError('size-mismatch', {
      field: 'object',
      expected: `${bytes} bytes`,
      got: length ?? 'none',
    });
  }
  return { bytes, versionId: typeof version === 'string' && version !== 'null' ? version : undefined };
}
