import type { Limits } from '@valetkey/protocol';

import { browserEnvironment, type Environment } from './environment.ts';
import { withRetries } from './retry.ts';
import { createServerClock } from './server-clock.ts';
import {
  createServiceClient,
  type CompletedUpload,
  type HeadersCallback,
  type ServiceClient,
} from './service-client.ts';
import { createSlots } from './slots.ts';
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
  /** Files sent at the same time, 1 to 6. @default 4 */
  readonly concurrency?: number | undefined;
  /** @internal */
  readonly environment?: Environment | undefined;
}

/**
 * One upload's choices.
 * @public
 */
export interface UploadOptions {
  /** @default the File's own */
  readonly name?: string | undefined;
  /** Content type. @default the Blob's own, else by the name's extension */
  readonly type?: string | undefined;
  /** Kept with the object; the policy lists what may be set. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Bytes sent so far; goes back to 0 only when the file is sent again. */
  readonly onProgress?: ((sentBytes: number, totalBytes: number) => void) | undefined;
  /** Nothing moved for 30 seconds; the file is sent again. */
  readonly onStalled?: (() => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * An upload that the service saw in the store.
 * @public
 */
export type UploadResult = CompletedUpload;

/** @public */
export interface Uploader {
  /** What the policy lets a user interface offer. */
  readonly limits: (options?: { readonly signal?: AbortSignal }) => Promise<Limits>;
  /**
   * Sends a file straight to the bucket. Resolves only after the service has verified what the store holds.
   * @throws UploadError; the signal's reason when it was aborted
   */
  readonly upload: (file: Blob, options?: UploadOptions) => Promise<UploadResult>;
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
  const { environment = browserEnvironment, concurrency = usualConcurrency } = options;
  const clock = createServerClock(environment.now);
  const service = createServiceClient({ ...options, environment, clock });
  const slots = createSlots(Math.max(1, Math.min(maxConcurrency, Math.floor(concurrency))));
  return {
    limits: ({ signal = new AbortController().signal } = {}) => service.limits(signal),
    upload: async (file, choices = {}) => {
      const { signal = new AbortController().signal, onProgress, onStalled } = choices;
      const giveBack = await slots.take(signal);
      try {
        const retry = { environment, signal };
        const nonce = environment.newNonce();
        const begun = await withRetries(retry, () =>
          untilAborted(signal, service.begin(toNewFile(file, choices, nonce))),
        );
        return await abortable(service, begun.id, signal, () =>
          uploadFile(begun, file, {
            service,
            clock,
            environment,
            signal,
            onProgress: (sentBytes) => onProgress?.(Math.min(sentBytes, file.size), file.size),
            onStalled: () => onStalled?.(),
          }),
        );
      } finally {
        giveBack();
      }
    },
  };
}

function toNewFile(file: Blob, { name, type, metadata }: UploadOptions, nonce: string) {
  return {
    nonce,
    name: name ?? ('name' in file && typeof file.name === 'string' ? file.name : ''),
    bytes: file.size,
    type: type ?? file.type,
    ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
  };
}

/** A batch goes on without the one that left it. */
function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** Tells the service of an upload that was given up; whether it hears of it changes nothing for the caller. */
async function abortable<T>(
  service: ServiceClient,
  id: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await untilAborted(signal, work());
  } catch (error) {
    if (signal.aborted) void service.abort(id).catch(() => undefined);
    throw error;
  }
}
