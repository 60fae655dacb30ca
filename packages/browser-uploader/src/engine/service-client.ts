/** The signing service, as the engine calls it. */
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

import { createBatcher } from './batcher.ts';
import type { Environment } from './environment.ts';
import { parseRetryAfter } from './retry-after.ts';
import { withRetries } from './retry.ts';
import type { ServerClock } from './server-clock.ts';
import { fromProblem, UploadError } from './upload-error.ts';

const maxItems = 100;
const windowMs = 20;
const deadlineMs = 30_000;

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
  readonly environment: Environment;
  readonly clock: ServerClock;
}

type Answered<Item> = Exclude<Item, { problem: Problem }>;

/** An upload that the service began. */
export type BegunUpload = Answered<UploadsResponse['uploads'][number]>;
/** What the service verified. */
export type CompletedUpload = Answered<CompleteResponse['items'][number]>;
/** Where an upload stands. */
type UploadStanding = Answered<StatusResponse['items'][number]>;
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
  const post = async <Answer extends { readonly serverTime: string }>(path: string, body: object) => {
    const send = () => request<Answer>(options, path, { method: 'POST', body: JSON.stringify(body) });
    try {
      const answer = await withRetries({ environment, signal: never }, send);
      clock.heard(answer.serverTime);
      return answer;
    } catch (error) {
      // It has been tried for long enough; the files of the batch do not each begin again.
      throw error instanceof UploadError ? error.asFinal() : error;
    }
  };
  const batch = <Item, Answer>(send: (items: readonly Item[]) => Promise<readonly Answer[]>) =>
    createBatcher<Item, Answer>({
      maxItems,
      windowMs,
      schedule: (run, ms) => void environment.sleep(ms, never).then(run),
      send,
    });
  const byId = <Answer extends object>(path: string) =>
    batch<string, Answer | { problem: Problem }>(async (ids) => {
      const items = ids.map((id) => ({ id }));
      return (await post<{ serverTime: string; items: (Answer | { problem: Problem })[] }>(path, { items }))
        .items;
    });

  const begin = batch<Omit<NewFile, 'ref'>, UploadsResponse['uploads'][number]>(async (files) => {
    const named = files.map((file, index) => ({ ref: String(index), ...file }));
    return (await post<UploadsResponse>('/v1/uploads', { policy, files: named })).uploads;
  });
  const parts = batch<PartsRequest['items'][number], PartsResponse['items'][number]>(
    async (items) => (await post<PartsResponse>('/v1/uploads/parts', { items })).items,
  );
  const sign = byId<SignedUpload>('/v1/uploads/sign');
  const status = byId<UploadStanding>('/v1/uploads/status');
  const complete = batch<CompleteRequest['items'][number], CompleteResponse['items'][number]>(
    async (items) => (await post<CompleteResponse>('/v1/uploads/complete', { items })).items,
  );
  const abort = byId<Answered<AbortResponse['items'][number]>>('/v1/uploads/abort');
  return {
    limits: (signal) =>
      withRetries({ environment, signal }, () =>
        request<Limits>(options, `/v1/policies/${encodeURIComponent(policy)}`, { method: 'GET' }),
      ),
    begin: async (file) => unwrap(await begin(file)),
    parts: async (asked) => unwrap(await parts(asked)),
    sign: async (id) => unwrap(await sign(id)),
    status: async (id) => unwrap(await status(id)),
    complete: async (asked) => unwrap(await complete(asked)),
    abort: async (id) => void unwrap(await abort(id)),
  };
}

function unwrap<Answer extends object>(answer: Answer): Answered<Answer> {
  if (isFailed(answer)) throw fromProblem(answer.problem);
  return answer as Answered<Answer>;
}

function isFailed(answer: object): answer is { readonly problem: Problem } {
  return 'problem' in answer;
}

async function request<Answer>(
  { endpoint, headers, environment }: ServiceOptions,
  path: string,
  init: { readonly method: string; readonly body?: string },
): Promise<Answer> {
  const own = (await headers?.()) ?? {};
  const response = await send(environment, `${endpoint.replace(/\/+$/, '')}${path}`, {
    ...init,
    headers: { ...own, ...(init.body === undefined ? {} : { 'content-type': 'application/json' }) },
    signal: AbortSignal.timeout(deadlineMs),
  });
  if (response.ok) return (await response.json()) as Answer;
  throw await toError(response, environment.now());
}

async function send(environment: Environment, url: string, init: RequestInit): Promise<Response> {
  try {
    return await environment.fetch(url, init);
  } catch (cause) {
    throw new UploadError(
      'network',
      'The signing service cannot be reached. Look at your connection; the upload goes on as soon as it answers.',
      { retryable: true, cause },
    );
  }
}

async function toError(response: Response, nowMs: number): Promise<UploadError> {
  const { status, headers } = response;
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), nowMs);
  const body = headers.get('content-type')?.includes('json')
    ? ((await response.json()) as unknown)
    : undefined;
  if (isProblem(body))
    return fromProblem({ ...body, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  return new UploadError('network', `The signing service answered with status ${status}.`, {
    status,
    retryAfterMs,
    retryable: status === 408 || status === 429 || status >= 500,
  });
}

/** Anything else, such as a proxy's page, is told by its status alone. */
function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' && body !== null && 'code' in body && 'detail' in body && 'retryable' in body
  );
}
