import type { Body, Meta, Uppy, UppyFile } from '@uppy/core';

import { browserEnvironment } from '../engine/environment.ts';
import { createServerClock } from '../engine/server-clock.ts';
import { createServiceClient, type HeadersCallback } from '../engine/service-client.ts';
import type { UploadOptions } from '../engine/uploader.ts';
import { createPlans } from './plans.ts';
import { createSignRequest, type SignRequest } from './sign-request.ts';
import { createSignedParts } from './signed-parts.ts';

/**
 * Where files go.
 * @public
 */
export interface ToAwsS3Options {
  /** Address of the signing service, in front of `/v1`. */
  readonly endpoint: string;
  /** Name of the policy that allows the uploads. */
  readonly policy: string;
  /** Asked at every request to the service, never for the store: `async () => ({ authorization: … })`. */
  readonly headers?: HeadersCallback;
  /** Whether cookies go to the service: `include` for one of another origin. Never for the store. @default as `fetch` */
  readonly credentials?: RequestCredentials;
  /** Fields of `file.meta` that are kept with the object. @default none */
  readonly metadata?: readonly string[];
  /** What each object is served with, where the policy lets it be set. @default nothing */
  readonly objectHeaders?: (
    file: UppyFile<Meta, Body>,
  ) => Pick<UploadOptions, 'contentDisposition' | 'cacheControl'>;
  /** Address of `checksum-worker.js`, when the bundler moves it. @default beside the module */
  readonly workerUrl?: URL;
}

/**
 * Options of `@uppy/aws-s3` 6.
 * @public
 */
export interface AwsS3Options {
  /** A URL of the service for each request to the store. */
  readonly signRequest: SignRequest;
  /** The key that the service chose for the file. */
  readonly generateObjectKey: (file: { readonly id: string }) => string;
  /** Bytes of a part, as the service cut the file. */
  readonly getChunkSize: (file: { readonly size: number }) => number;
  /** Whether the service cut the file into parts. */
  readonly shouldUseMultipart: (file: { readonly size: number | null }) => boolean;
}

/**
 * Options for the stock `@uppy/aws-s3` 6. Keys, part sizes and exact lengths are the service's, bound into every
 * signature; a file succeeds only when the service has seen it in the store. Before each upload the files are
 * declared to the service in batches, so `uppy` is needed too. The page's policy needs `connect-src data:`.
 * @example
 * ```ts
 * uppy.use(AwsS3, toAwsS3Options(uppy, { endpoint: 'https://sign.example.com', policy: 'avatars' }));
 * ```
 * @public
 */
export function toAwsS3Options<M extends Meta, B extends Body>(
  uppy: Uppy<M, B>,
  { metadata = [], objectHeaders, ...options }: ToAwsS3Options,
): AwsS3Options {
  const environment = browserEnvironment;
  const clock = createServerClock(environment.now);
  const service = createServiceClient({ ...options, environment, clock });
  const parts = createSignedParts(service, clock);
  const plans = createPlans({ uppy, service, parts, environment, metadata, objectHeaders });
  uppy.addPreProcessor(plans.prepare);
  uppy.on('file-removed', ({ id }) => plans.forget(id));
  return {
    signRequest: createSignRequest({ uppy, service, parts, plans, workerUrl: options.workerUrl }),
    generateObjectKey: ({ id }) => plans.ofFile(id).key,
    getChunkSize: ({ size }) => plans.partBytesOf(size),
    // A file in one piece is a multipart upload of one part to the plugin: it is verified too.
    shouldUseMultipart: ({ size }) => size !== null && size > 0,
  };
}
