import { toJsonObject, toText } from './json-value.ts';
import { KubeError } from './kube-error.ts';
import { toKubeError } from './status.ts';
import type { Pacing } from './pacing.ts';
import type { KubeAnswer, KubeRequest, KubeTransport } from './transport.ts';

const partialMetadata = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const mergePatch = 'application/merge-patch+json';
/**
 * Nobody hears the warnings about unknown fields. A status costs an API server three times what a Secret does, and a
 * fifth of that is looking for them and writing out the whole object.
 */
const unvalidated = { fieldValidation: 'Ignore' };
/** How often one call is sent while the server asks to come back later. */
const maxTries = 4;
/** Below the transport's: a call that hangs is better tried again. */
const defaultTimeoutMs = 15_000;

/**
 * What the server says of an object that it has just written.
 * @internal
 */
export interface WrittenMetadata {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly uid: string;
  /** Absent after a dry run of a create. */
  readonly resourceVersion: string | undefined;
}

interface CallOptions {
  readonly signal?: AbortSignal;
  /** @default 15000 */
  readonly timeoutMs?: number;
}

/** What stands between callers and the API server. */
interface ClientGuards {
  /** Holds calls back while the server asks for it or cannot be reached. @default nothing does */
  readonly pacing?: Pacing;
  /**
   * The fence: asked before each write that stores something, in the last moment before its first byte goes out.
   * Where it says no, the write rejects with `NotLeader` and is not sent. @default always
   */
  readonly mayWrite?: () => boolean;
  /** Connections to use. @default 'calls' */
  readonly pool?: 'calls' | 'lease';
}

interface WriteOptions extends CallOptions {
  /** Runs everything, admission too, and stores nothing. @default false */
  readonly dryRun?: boolean;
  /** Asks for the metadata only, so that a Secret's data never comes back. @default false */
  readonly asPartialMetadata?: boolean;
}

interface RemoveOptions extends CallOptions {
  /** Removes only the object that has this uid, not a later one of the same name. */
  readonly uid?: string;
  /** Removes it only in this version (409). */
  readonly resourceVersion?: string;
}

/**
 * Reads and writes objects by their path (`/api/v1/namespaces/a/secrets/b`).
 * Every call throws {@link KubeError}: with the status of a refusal, or 0 when there was no whole answer.
 * @internal
 */
export interface KubeClient {
  /** The object as it came; give it to a parser. */
  get(path: string, options?: CallOptions): Promise<unknown>;
  /** Creates an object; `path` is its collection's. */
  create(path: string, body: object, options?: WriteOptions): Promise<WrittenMetadata>;
  /** Replaces the whole object; uid and resourceVersion in `body.metadata` are preconditions (409). */
  replace(path: string, body: object, options?: WriteOptions): Promise<WrittenMetadata>;
  /** Merges into the object at `path`; a resourceVersion in it is a precondition (409). */
  patch(path: string, mergePatch: object, options?: WriteOptions): Promise<WrittenMetadata>;
  /** Merges into the status subresource of the object at `path`; a resourceVersion in it is a precondition. */
  patchStatus(path: string, mergePatch: object, options?: WriteOptions): Promise<WrittenMetadata>;
  /**
   * Replaces the status of the object at `path`; a resourceVersion in `body.metadata` is a precondition. It costs the
   * server less than a patch, for which it has to write out and read in the whole object.
   */
  replaceStatus(path: string, body: object, options?: WriteOptions): Promise<WrittenMetadata>;
  /** Deletes the object; one that is gone already is a 404. */
  remove(path: string, options?: RemoveOptions): Promise<void>;
}

/**
 * Creates a client over `transport`. A call that the server refuses for now (429, or 503 with `Retry-After`) is
 * sent again when its time has come; it has had no effect.
 * @internal
 */
export function createKubeClient(transport: KubeTransport, guards: ClientGuards = {}): KubeClient {
  const { pacing, mayWrite = () => true, pool = 'calls' } = guards;
  const fence = (): void => {
    if (!mayWrite()) throw new KubeError({ status: 0, reason: 'NotLeader', message: 'another issuer leads' });
  };
  const send = async (request: KubeRequest): Promise<KubeAnswer> => {
    await pacing?.turn(request.method === 'GET' ? 'read' : 'write', request.signal);
    try {
      const answer = await transport.request({ timeoutMs: defaultTimeoutMs, pool, ...request });
      pacing?.answered();
      return answer;
    } catch (error) {
      if (isOutage(error)) pacing?.unreachable();
      throw error;
    }
  };
  const call = async (request: KubeRequest): Promise<unknown> => {
    for (let tries = 1; ; tries += 1) {
      const { status, body, headers } = await send(request);
      if (status >= 200 && status < 300) return body;
      const retryAfter = [headers['retry-after']].flat()[0];
      const refusal = toKubeError({ status, body, retryAfter, isSecret: isAboutSecrets(request.path) });
      const waitSeconds = refusal.retryAfterSeconds ?? (status === 429 ? 1 : undefined);
      const isForNow = waitSeconds !== undefined && (status === 429 || status === 503);
      if (isForNow) pacing?.askedToWait(waitSeconds);
      if (!isForNow || pacing === undefined || tries === maxTries) throw refusal;
    }
  };
  const write = async (request: KubeRequest, options: WriteOptions = {}): Promise<WrittenMetadata> => {
    const { dryRun, asPartialMetadata, ...rest } = options;
    if (dryRun !== true) fence();
    const body = await call({
      ...rest,
      ...request,
      ...(dryRun === true ? {} : { beforeSend: fence }),
      query: { ...request.query, ...(dryRun === true ? { dryRun: 'All' } : {}) },
      ...(asPartialMetadata === true ? { accept: partialMetadata } : {}),
    });
    return parseWritten(body);
  };

  return {
    get: (path, options) => call({ ...options, method: 'GET', path }),
    create: (path, body, options) => write({ method: 'POST', path, body }, options),
    replace: (path, body, options) => write({ method: 'PUT', path, body }, options),
    patch: (path, body, options) => write({ method: 'PATCH', path, body, contentType: mergePatch }, options),
    patchStatus: (path, body, options) =>
      write(
        { method: 'PATCH', path: `${path}/status`, body, contentType: mergePatch, query: unvalidated },
        { asPartialMetadata: true, ...options },
      ),
    replaceStatus: (path, body, options) =>
      write(
        { method: 'PUT', path: `${path}/status`, body, query: unvalidated },
        { asPartialMetadata: true, ...options },
      ),
    async remove(path, { uid, resourceVersion, ...rest } = {}) {
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid, resourceVersion } };
      fence();
      await call({ ...rest, method: 'DELETE', path, body, beforeSend: fence });
    },
  };
}

function isOutage(error: unknown): boolean {
  return (
    error instanceof KubeError && (error.reason === 'ConnectionFailed' || error.reason === 'DeadlineExceeded')
  );
}

function isAboutSecrets(path: string): boolean {
  return path.split('/').includes('secrets');
}

function parseWritten(body: unknown): WrittenMetadata {
  const metadata = toJsonObject(toJsonObject(body)['metadata']);
  const name = toText(metadata['name']);
  const uid = toText(metadata['uid']);
  if (name === undefined || uid === undefined) {
    throw new KubeError({ status: 0, reason: 'MalformedAnswer', message: 'no name or uid' });
  }
  return {
    name,
    uid,
    namespace: toText(metadata['namespace']),
    resourceVersion: toText(metadata['resourceVersion']),
  };
}
