/** The signing service, as the engine calls it. */
import { loadWhyNoAnswer } from './on-demand.ts';
import type {
  AbortResponse,
  CompleteRequest,
  CompleteResponse,
  Limits,
  NewFile,
  PartsRequest,
  PartsResponse,
  Problem,
  SignResponse,
  StatusResponse,
  UploadsResponse,
} from '@valetkey/protocol';

import { createBatcher, type BatchOptions } from './batcher.ts';
import type { Environment } from './environment.ts';
import { parseRetryAfter } from './retry-after.ts';
import { withRetries } from './retry.ts';
import type { ServerClock } from './server-clock.ts';
import { fromProblem, messageOf, UploadError } from './upload-error.ts';

const maxItems = 100;
const windowMs = 20;
/** The service takes bodies of 1 MiB; what surrounds the items has the rest. */
const maxBodyBytes = 1_000_000;
const maxPartUrls = 1000;
const deadlineMs = 30_000;
/** A store takes minutes to make an object of thousands of parts. */
const completeDeadlineMs = 180_000;
/** Headers for a request to the service; asked at every request, since tokens expire during an upload. */
export type HeadersCallback = () =>
  | Promise<Readonly<Record<string, string>>>
  | Readonly<Record<string, string>>;

/** Where the service is and who asks. */
export interface ServiceOptions {
  /** Address in front of `/v1`. */
  readonly endpoint: string;
  readonly policy: string;
  readonly headers?: HeadersCallback | undefined;
  /** Whether cookies go to the service: `include` for one of another origin. Never for the store. @default as `fetch` */
  readonly credentials?: RequestCredentials | undefined;
  readonly environment: Environment;
  readonly clock: ServerClock;
}

type Answered<Item> = Exclude<Item, { problem: Problem }>;

/** An upload that the service began. */
export type BegunUpload = Answered<UploadsResponse['uploads'][number]>;
/** What the service verified. */
export type CompletedUpload = Answered<CompleteResponse['items'][number]>;
/** Where an upload stands. */
export type UploadStanding = Answered<StatusResponse['items'][number]>;
/** Requests for parts. */
type SignedParts = Answered<PartsResponse['items'][number]>;
/** A fresh request. */
type SignedUpload = Answered<SignResponse['items'][number]>;

/** Calls of many files are joined; each rejects with its own problem. */
export interface ServiceClient {
  readonly limits: (signal: AbortSignal) => Promise<Limits>;
  readonly begin: (file: Omit<NewFile, 'ref'>) => Promise<BegunUpload>;
  readonly parts: (asked: PartsRequest['items'][number]) => Promise<SignedParts>;
  readonly sign: (id: string) => Promise<SignedUpload>;
  readonly status: (id: string) => Promise<UploadStanding>;
  readonly complete: (asked: CompleteRequest['items'][number]) => Promise<CompletedUpload>;
  readonly abort: (id: string) => Promise<void>;
}

export function createServiceClient(options: ServiceOptions): ServiceClient {
  const { policy, environment, clock } = options;
  const never = new AbortController().signal;
  const post = async <Answer extends { readonly serverTime: string }>(
    path: string,
    bodyOf: (attempt: number) => object,
    waitMs = deadlineMs,
  ) => {
    const send = (attempt: number) =>
      request<Answer>(options, path, {
        method: 'POST',
        body: JSON.stringify(bodyOf(attempt)),
        waitMs,
        attempt,
      });
    try {
      const answer = await withRetries({ environment, signal: never }, send);
      clock.heard(answer.serverTime);
      return answer;
    } catch (error) {
      // It has been tried for long enough; the files of the batch do not each begin again.
      throw error instanceof UploadError ? error.asFinal() : error;
    }
  };
  const batch = <Item, Answer extends object>(
    send: (items: readonly Item[]) => Promise<readonly Answer[]>,
    own: Partial<Pick<BatchOptions<Item, Answer>, 'weigh' | 'maxWeight'>> = {},
  ) => {
    const ask = createBatcher<Item, Answer>({
      maxItems,
      weigh: (item) => JSON.stringify(item).length,
      maxWeight: maxBodyBytes,
      windowMs: () => windowMs,
      environment,
      send,
      ...own,
    });
    return async (item: Item) => unwrap(await ask(item));
  };
  const items = <Answer>(path: string, waitMs?: number) => {
    type Body = { serverTime: string; items: (Answer | { problem: Problem })[] };
    return async (asked: readonly object[]) =>
      (await post<Body>(path, () => ({ items: asked }), waitMs)).items;
  };
  const byId = <Answer extends object>(path: string) =>
    batch<{ readonly id: string }, Answer | { problem: Problem }>(items<Answer>(path));

  const begin = batch<Omit<NewFile, 'ref'>, UploadsResponse['uploads'][number]>(async (files) => {
    // The answer to an earlier try may have been lost: the service takes up what it began then.
    const named = (attempt: number) =>
      files.map((file, index) => ({ ref: String(index), ...file, ...(attempt > 0 ? { retry: true } : {}) }));
    return (await post<UploadsResponse>('/v1/uploads', (attempt) => ({ policy, files: named(attempt) })))
      .uploads;
  });
  const parts = batch<PartsRequest['items'][number], PartsResponse['items'][number]>(
    items<SignedParts>('/v1/uploads/parts'),
    {
      weigh: ({ partNumbers }) => partNumbers.length,
      maxWeight: maxPartUrls,
    },
  );
  const sign = byId<SignedUpload>('/v1/uploads/sign');
  const status = byId<UploadStanding>('/v1/uploads/status');
  const complete = batch<CompleteRequest['items'][number], CompleteResponse['items'][number]>(
    items<CompletedUpload>('/v1/uploads/complete', completeDeadlineMs),
  );
  const abort = byId<Answered<AbortResponse['items'][number]>>('/v1/uploads/abort');
  return {
    limits: (signal) =>
      withRetries({ environment, signal }, (attempt) =>
        request<Limits>(options, `/v1/policies/${encodeURIComponent(policy)}`, { method: 'GET', attempt }),
      ),
    begin,
    parts,
    sign: (id) => sign({ id }),
    status: (id) => status({ id }),
    complete,
    abort: async (id) => void (await abort({ id })),
  };
}

function unwrap<Answer extends object>(answer: Answer): Answered<Answer> {
  if ('problem' in answer) throw fromProblem(answer.problem as Problem);
  return answer as Answered<Answer>;
}

async function request<Answer>(
  options: ServiceOptions,
  path: string,
  init: {
    readonly method: string;
    readonly body?: string;
    readonly waitMs?: number;
    readonly attempt: number;
  },
): Promise<Answer> {
  const { endpoint, environment, credentials } = options;
  const { waitMs = deadlineMs, attempt, method, body } = init;
  const own = await headersOf(options);
  const asked = { headers: own, ...(credentials && { credentials }) };
  const response = await environment
    .fetch(endpoint.replace(/\/+$/, '') + path, {
      ...asked,
      method,
      ...(body && { body, headers: { ...own, 'content-type': 'application/json' } }),
      signal: AbortSignal.timeout(waitMs),
    })
    .catch(async (cause: unknown) => {
      throw await noAnswer(attempt, asked, options, cause);
    });
  if (!response.ok) throw await toError(response, environment.now());
  try {
    return (await response.json()) as Answer;
  } catch (cause) {
    // A page of somebody in between, or an answer that broke off.
    const message = 'The signing service answered without JSON. Look at its address.';
    throw new UploadError('network', message, { status: response.status, retryable: true, cause });
  }
}

async function headersOf({ headers }: ServiceOptions): Promise<Readonly<Record<string, string>>> {
  try {
    return (await headers?.()) ?? {};
  } catch (cause) {
    if (cause instanceof UploadError) throw cause;
    const message = 'The headers for the signing service could not be had.';
    throw new UploadError('network', message, { retryable: true, cause });
  }
}

async function noAnswer(
  attempt: number,
  asked: RequestInit,
  options: ServiceOptions,
  cause: unknown,
): Promise<UploadError> {
  const probes = attempt > 0 ? await loadWhyNoAnswer() : undefined;
  const cors = await probes?.whyNoService(asked, options);
  if (cors) return new UploadError('cors', cors, { cause });
  return new UploadError(
    'network',
    'The signing service cannot be reached. The upload goes on as soon as it answers.',
    { retryable: true, cause },
  );
}

async function toError(response: Response, nowMs: number): Promise<UploadError> {
  const { status, headers } = response;
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), nowMs);
  // A proxy's page, or half an answer, is told by its status alone.
  const body: unknown = await response.json().catch(() => undefined);
  if (isProblem(body))
    return fromProblem({ ...body, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  // Whoever stands in front of the service knows nothing of its problems, but these say what they mean.
  const code = status === 401 ? 'unauthenticated' : status === 429 ? 'rate-limited' : 'network';
  const detail = `The signing service answered with status ${status}.`;
  return new UploadError(code, messageOf({ code, detail }), {
    status,
    retryAfterMs,
    retryable: status === 408 || status === 429 || status >= 500,
  });
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' && body !== null && 'code' in body && 'detail' in body && 'retryable' in body
  );
}
