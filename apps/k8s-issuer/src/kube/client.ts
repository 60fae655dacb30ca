import { toJsonObject, toText } from './json-value.ts';
import { KubeError } from './kube-error.ts';
import { toKubeError } from './status.ts';
import type { KubeRequest, KubeTransport } from './transport.ts';

const partialMetadata = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

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
  /** @default 30000 */
  readonly timeoutMs?: number;
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
  /** Merges into the status subresource of the object at `path`; a resourceVersion in it is a precondition. */
  patchStatus(path: string, mergePatch: object, options?: WriteOptions): Promise<WrittenMetadata>;
  /** Deletes the object; one that is gone already is a 404. */
  remove(path: string, options?: RemoveOptions): Promise<void>;
}

/**
 * Creates a client over `transport`.
 * @internal
 */
export function createKubeClient(transport: KubeTransport): KubeClient {
  const call = async (request: KubeRequest): Promise<unknown> => {
    const { status, body, headers } = await transport.request(request);
    if (status >= 200 && status < 300) return body;
    const retryAfter = [headers['retry-after']].flat()[0];
    throw toKubeError({ status, body, retryAfter, isSecret: isAboutSecrets(request.path) });
  };
  const write = async (request: KubeRequest, options: WriteOptions = {}): Promise<WrittenMetadata> => {
    const { dryRun, asPartialMetadata, ...rest } = options;
    const body = await call({
      ...rest,
      ...request,
      query: dryRun === true ? { dryRun: 'All' } : {},
      ...(asPartialMetadata === true ? { accept: partialMetadata } : {}),
    });
    return parseWritten(body);
  };

  return {
    get: (path, options) => call({ ...options, method: 'GET', path }),
    create: (path, body, options) => write({ method: 'POST', path, body }, options),
    replace: (path, body, options) => write({ method: 'PUT', path, body }, options),
    patchStatus: (path, body, options) =>
      write(
        { method: 'PATCH', path: `${path}/status`, body, contentType: 'application/merge-patch+json' },
        options,
      ),
    async remove(path, { uid, ...rest } = {}) {
      const body = {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        ...(uid === undefined ? {} : { preconditions: { uid } }),
      };
      await call({ ...rest, method: 'DELETE', path, body });
    },
  };
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
