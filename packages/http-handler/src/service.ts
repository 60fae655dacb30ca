import type { Subject } from '@valetkey/core';
import type {
  AbortResponse,
  CompleteRequest,
  CompleteResponse,
  DownloadsRequest,
  DownloadsResponse,
  Limits,
  ListQuery,
  ListResponse,
  PartsRequest,
  PartsResponse,
  SignResponse,
  StatusResponse,
  UploadIdsRequest,
  UploadsRequest,
  UploadsResponse,
} from '@valetkey/protocol';

import type { Call } from './batch.ts';
import { downloads, redirectToObject, type AskedObject, type ObjectRedirect } from './downloads.ts';
import { limits } from './limits.ts';
import { list } from './list.ts';
import { toContext } from './service-context.ts';
import type { ServiceOptions } from './service-options.ts';
import { abortUploads } from './uploads/abort-uploads.ts';
import { beginUploads } from './uploads/begin-uploads.ts';
import { completeUploads } from './uploads/complete-uploads.ts';
import type { ReceiptKeySet } from './uploads/receipt-keys.ts';
import { partRequests } from './uploads/sign-parts.ts';
import { signUploads } from './uploads/sign-uploads.ts';
import { uploadStatus } from './uploads/upload-status.ts';

type Operation<Request, Answer> = (subject: Subject, request: Request, call?: Call) => Promise<Answer>;

/**
 * The signing service as plain functions, for server components and jobs. Each takes the subject that asks,
 * already known; batches answer item by item, everything else throws ValetkeyError.
 * @public
 */
export interface Service {
  /** What a user interface may offer under a policy. */
  readonly limits: (subject: Subject, policy: string) => Promise<Limits>;
  /** Presigned GET requests for objects. */
  readonly downloads: Operation<DownloadsRequest, DownloadsResponse>;
  /** One URL to be redirected to, the same for all who ask within the policy's `cacheWindow`. */
  readonly redirectToObject: (subject: Subject, asked: AskedObject) => Promise<ObjectRedirect>;
  /** Keys below a prefix that the policy allows, page by page. */
  readonly list: Operation<ListQuery, ListResponse>;
  /** Chooses keys for files and gives what their first bytes are sent with. */
  readonly beginUploads: Operation<UploadsRequest, UploadsResponse>;
  /** Presigned PUT requests for parts, the first time or again. */
  readonly partRequests: Operation<PartsRequest, PartsResponse>;
  /** A fresh request for an upload that goes up in one piece. */
  readonly signUploads: Operation<UploadIdsRequest, SignResponse>;
  /** How far an upload is, and which parts the store has. */
  readonly uploadStatus: Operation<UploadIdsRequest, StatusResponse>;
  /** Looks at what the store holds; a receipt only for what was declared. Repeatable. */
  readonly completeUploads: Operation<CompleteRequest, CompleteResponse>;
  /** Takes away what the store has of uploads that are not complete. Fine when it is gone already. */
  readonly abortUploads: Operation<UploadIdsRequest, AbortResponse>;
  /** What receipts are verified with, where the service has a receipt key. */
  readonly receiptKeys: () => Promise<ReceiptKeySet>;
  /** Hears of what went wrong on our side. */
  readonly onFailure: (error: unknown) => Promise<void>;
}

/**
 * Makes the service. Nothing is signed that a policy does not allow, and no bytes pass through it.
 * @throws ValetkeyError `invalid-policy` without policies or with two of one name, `store-not-found`,
 * `invalid-configuration` without a secret or with one shorter than 32 bytes
 * @example
 * ```ts
 * const service = createService({ stores, policies, secrets: [secret] });
 * const handler = createHandler(service, { authenticate });
 * ```
 * @public
 */
export function createService(options: ServiceOptions): Service {
  const context = toContext(options);
  const bind =
    <Request, Answer>(
      operation: (where: typeof context, subject: Subject, request: Request, call: Call) => Promise<Answer>,
    ): Operation<Request, Answer> =>
    (subject, request, call = { requestId: crypto.randomUUID() }) =>
      operation(context, subject, request, call);
  return {
    limits: (subject, policy) => limits(context, subject, policy),
    downloads: bind(downloads),
    redirectToObject: (subject, asked) => redirectToObject(context, subject, asked),
    list: bind(list),
    beginUploads: bind(beginUploads),
    partRequests: bind(partRequests),
    signUploads: bind(signUploads),
    uploadStatus: bind(uploadStatus),
    completeUploads: bind(completeUploads),
    abortUploads: bind(abortUploads),
    receiptKeys: context.receipts.publicKeys,
    onFailure: context.hooks.onFailure,
  };
}
