import type { ListPage, ListWatch, WatchEvent, WatchRequest } from '../runtime/list-watch.ts';
import { toObjectKey, type ApiObject } from '../runtime/object-key.ts';
import { parseJson, toJsonObject, toText, type JsonObject } from './json-value.ts';
import { KubeError } from './kube-error.ts';
import type { Query } from './server-url.ts';
import { toKubeError } from './status.ts';
import type { KubeAnswer, KubeTransport } from './transport.ts';

/** Small enough for a page to come in well under its deadline, large enough for few pages. */
const pageSize = 500;

interface ListWatchOptions<T> {
  /** Narrows the collection: `metadata.name=a`. @default all of it */
  readonly fieldSelector?: string;
  /** Makes an object of what came. What it throws makes the object count as absent, nothing else. */
  readonly parse: (raw: unknown) => T;
  /** Told of each object that did not parse; `key` is empty when it has no name. It must not throw. */
  readonly onInvalid: (key: string, error: unknown) => void;
}

type Item<T> = { readonly key: string; readonly object: T | undefined };

/**
 * Lists and watches the collection at `path`. Lists are consistent (no resourceVersion), in pages; watches ask
 * for bookmarks. `metadata.managedFields` is taken off before `parse` sees an object.
 * @internal
 */
export function listWatch<T extends ApiObject>(
  transport: KubeTransport,
  path: string,
  options: ListWatchOptions<T>,
): ListWatch<T> {
  const read = (raw: unknown): Item<T> => {
    const object = withoutManagedFields(toJsonObject(raw));
    const key = toKey(object);
    try {
      return { key, object: options.parse(object) };
    } catch (error) {
      options.onInvalid(key, error);
      return { key, object: undefined };
    }
  };

  return {
    async list({ continueToken, signal }) {
      const query = { limit: pageSize, continue: continueToken, fieldSelector: options.fieldSelector };
      const answer = await transport.request({ method: 'GET', path, query, signal });
      if (answer.status !== 200) throw toRefusal(answer);
      return toPage(answer.body, read);
    },
    async watch(request) {
      let gone = false;
      const answer = await transport.stream({
        path,
        query: { ...toWatchQuery(request), fieldSelector: options.fieldSelector },
        signal: request.signal,
        onOpen: () => request.onOpen(),
        onLine(line) {
          const event = toEvent(toJsonObject(parseJson(line)), read);
          if (event !== 'gone') return request.onEvent(event);
          gone = true;
          return 'stop';
        },
      });
      if (gone || answer.status === 410) return 'gone';
      if (answer.status !== 200) throw toRefusal(answer);
      return 'ended';
    },
  };
}

function toWatchQuery<T>({ resourceVersion, timeoutSeconds }: WatchRequest<T>): Query {
  return { watch: 1, allowWatchBookmarks: true, resourceVersion, timeoutSeconds };
}

function toPage<T>(body: unknown, read: (raw: unknown) => Item<T>): ListPage<T> {
  const { metadata, items } = toJsonObject(body);
  const { resourceVersion, continue: token } = toJsonObject(metadata);
  // Go writes an empty list of some kinds as null.
  if (!Array.isArray(items ?? []) || typeof resourceVersion !== 'string') {
    throw new KubeError({ status: 0, reason: 'MalformedAnswer', message: 'not a list' });
  }
  const continueToken = toText(token);
  return {
    items: (Array.isArray(items) ? items : [])
      .map((raw) => read(raw).object)
      .filter((it) => it !== undefined),
    resourceVersion,
    ...(continueToken === undefined ? {} : { continueToken }),
  };
}

function toEvent<T>({ type, object }: JsonObject, read: (raw: unknown) => Item<T>): WatchEvent<T> | 'gone' {
  const raw = toJsonObject(object);
  if (type === 'ERROR') {
    const status = typeof raw['code'] === 'number' ? raw['code'] : 500;
    if (status === 410) return 'gone';
    throw toKubeError({ status, body: raw, isSecret: false });
  }
  const resourceVersion = toText(toJsonObject(raw['metadata'])['resourceVersion']) ?? '';
  if (type === 'BOOKMARK') return { kind: 'bookmark', resourceVersion };
  if (type === 'DELETED') return { kind: 'gone', key: toKey(raw), resourceVersion };
  if (type !== 'ADDED' && type !== 'MODIFIED') {
    throw new KubeError({ status: 0, reason: 'MalformedAnswer', message: 'not a watch event' });
  }
  const { key, object: parsed } = read(raw);
  return parsed === undefined
    ? { kind: 'gone', key, resourceVersion }
    : { kind: 'set', object: parsed, resourceVersion };
}

function withoutManagedFields(object: JsonObject): JsonObject {
  const { managedFields: _, ...metadata } = toJsonObject(object['metadata']);
  return { ...object, metadata };
}

function toKey(object: JsonObject): string {
  const metadata = toJsonObject(object['metadata']);
  return toObjectKey({
    metadata: { name: toText(metadata['name']) ?? '', namespace: toText(metadata['namespace']) },
  });
}

function toRefusal({ status, body, headers }: KubeAnswer): KubeError {
  return toKubeError({ status, body, retryAfter: [headers['retry-after']].flat()[0], isSecret: false });
}
