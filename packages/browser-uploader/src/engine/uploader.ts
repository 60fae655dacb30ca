import type { Limits } from '@valetkey/protocol';

import { createBeginAhead } from './begin-ahead.ts';
import { browserEnvironment, type Environment } from './environment.ts';
import { createFileGuard } from './guard-files.ts';
import type { Checksum } from './integrity/checksum.ts';
import { createLine } from './line.ts';
import { openMemory } from './memory.ts';
import { requireBrowser } from './require-browser.ts';
import type { ResumeStore } from './resume/resume-store.ts';
import { createServerClock } from './server-clock.ts';
import { createServiceClient, type CompletedUpload, type HeadersCallback } from './service-client.ts';
import { createSlots } from './slots.ts';
import { createTurn } from './turn.ts';
import { uploadFile } from './upload-file.ts';

const usualConcurrency = 4;
const maxConcurrency = 6;

/**
 * Where files go.
 * @public
 */
export interface UploaderOptions {
  /** Address of the signing service, in front of `/v1`; its own origin may be `''`. */
  readonly endpoint: string;
  /** Name of the policy that allows the uploads. */
  readonly policy: string;
  /** Asked at every request to the service, never for the store: `async () => ({ authorization: … })`. */
  readonly headers?: HeadersCallback | undefined;
  /** Whether cookies go to the service: `include` for one of another origin. Never for the store. @default as `fetch` */
  readonly credentials?: RequestCredentials | undefined;
  /** PUTs in flight over all files, 1 to 6; fewer while the store or the line has too much of it. @default 4 */
  readonly concurrency?: number | undefined;
  /** Where unfinished uploads are remembered, so that the same file goes on after a reload. @default nowhere */
  readonly resume?: ResumeStore | undefined;
  /** What the store is to check on arrival, where the policy has it. @default sizes only */
  readonly checksum?: Checksum | undefined;
  /** Address of `checksum-worker.js`, when the bundler moves it. @default beside this module */
  readonly workerUrl?: URL | undefined;
  /** @internal */
  readonly environment?: Environment | undefined;
}

/**
 * One upload's choices.
 * @public
 */
export interface UploadOptions {
  /** Name, as the policy's key pattern sees it. @default the File's own */
  readonly name?: string | undefined;
  /** Content type. @default the Blob's own, else by the name's extension */
  readonly type?: string | undefined;
  /** Kept with the object; the policy lists what may be set. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** What the object is served with, where the policy lets it be set; printable ASCII. */
  readonly contentDisposition?: string | undefined;
  /** What the object is served with, where the policy lets it be set; printable ASCII. */
  readonly cacheControl?: string | undefined;
  /** Bytes sent so far, never more than the file has; goes back by what was in flight and is sent again. */
  readonly onProgress?: ((sentBytes: number, totalBytes: number) => void) | undefined;
  /** Nothing moved for 30 seconds; what was in flight is sent again. */
  readonly onStalled?: (() => void) | undefined;
  /** Cancels the upload; what was sent of it is taken away in the store. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * An upload that the service saw in the store.
 * @public
 */
export type UploadResult = CompletedUpload;

/**
 * An upload on its way: a promise of its result, that can be paused.
 * @public
 */
export interface Upload extends Promise<UploadResult> {
  /** Gives the line to other files; parts in flight are sent again later, parts that arrived are not. */
  readonly pause: () => void;
  readonly resume: () => void;
}

/**
 * Uploads files under one policy.
 * @public
 */
export interface Uploader {
  /** What the policy lets a user interface offer. */
  readonly limits: (options?: { readonly signal?: AbortSignal }) => Promise<Limits>;
  /**
   * Sends a file straight to the bucket. Resolves only after the service has verified what the store holds; rejects
   * with an {@link UploadError}, or with the signal's reason when it was aborted. Runs in a page or a Worker of one;
   * on a server it rejects with `invalid-configuration`.
   */
  readonly upload: (file: Blob, options?: UploadOptions) => Upload;
}

/**
 * An uploader for one policy. Touches nothing of the browser before its first call.
 * @example
 * ```ts
 * const uploader = createUploader({ endpoint: 'https://sign.example.com', policy: 'avatars' });
 * const { key } = await uploader.upload(input.files[0]);
 * ```
 * @public
 */
export function createUploader(options: UploaderOptions): Uploader {
  const { environment = browserEnvironment, concurrency = usualConcurrency, checksum, workerUrl } = options;
  const width = Math.max(1, Math.min(maxConcurrency, Math.floor(concurrency)));
  const clock = createServerClock(environment.now);
  const ahead = createBeginAhead(width);
  const service = createServiceClient({ ...options, environment, clock });
  const turns = createSlots(width);
  const guard = createFileGuard(environment, () => ahead.waiting() + turns.waiting());
  const line = createLine(width);
  const never = new AbortController().signal;
  let limits: Limits | undefined;
  const thresholdBytes = async () => (limits ??= await service.limits(never)).multipartThresholdBytes;
  const shared = { service, clock, line, ahead, guard, environment, checksum, workerUrl, thresholdBytes };
  return {
    limits: ({ signal = never } = {}) => service.limits(signal),
    upload: (file, choices = {}) => {
      const { signal = never, onProgress, onStalled } = choices;
      const declared = toDeclared(file, choices);
      const turn = createTurn(turns, signal);
      const run = async () => {
        requireBrowser(environment);
        const memory = await openMemory(file, options.resume, options);
        try {
          return await uploadFile({
            ...shared,
            file,
            declared,
            memory,
            turn,
            signal,
            onProgress: (sentBytes) => onProgress?.(sentBytes, declared.bytes),
            onStalled: () => onStalled?.(),
          });
        } finally {
          turn.end();
          memory.close();
        }
      };
      return Object.assign(run(), { pause: turn.pause, resume: turn.resume });
    },
  };
}

function toDeclared(file: Blob, { name, type, metadata, contentDisposition, cacheControl }: UploadOptions) {
  return {
    name: name ?? ('name' in file && typeof file.name === 'string' ? file.name : ''),
    bytes: file.size,
    type: type ?? file.type,
    metadata: metadata && { ...metadata },
    contentDisposition,
    cacheControl,
  };
}
