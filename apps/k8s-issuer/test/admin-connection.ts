/**
 * The administrator over keep-alive connections, for what asks often: thousands of creates, and watches. It shares
 * nothing with the issuer's own transport, so it can testify about it.
 */
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

import type { ControlPlaneDescription } from '@valetkey/testbed';
import { Agent, request } from 'undici';

const retryMs = 200;
const timeoutMs = 30_000;

export interface ApiObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What a follower is told; `state` tells that the watch stands, or does not. */
interface Follower<T extends ApiObject> {
  readonly set: (object: T, resourceVersion: string) => void;
  readonly gone: (last: T, resourceVersion: string) => void;
}

export interface AdminConnection {
  readonly send: (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
  ) => Promise<Answer>;
  /** Follows a collection through every fault until `signal` aborts. Resolves after the first list. */
  readonly follow: <T extends ApiObject>(
    path: string,
    follower: Follower<T>,
    signal: AbortSignal,
  ) => Promise<void>;
  readonly close: () => Promise<void>;
}

interface List<T> {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly T[];
}

/** A follower's own mistake is no fault of the connection: it ends the program. */
function tell(news: () => void): void {
  try {
    news();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** Opens `connections` at most for calls; a PATCH is a merge patch. */
export function connectAdmin(description: ControlPlaneDescription, connections = 16): AdminConnection {
  const { server, ca, adminToken } = description;
  const connect = { ca };
  const calls = new Agent({ connect, connections, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  const watches = new Agent({ connect, headersTimeout: timeoutMs, bodyTimeout: 0 });
  const headers = { authorization: `Bearer ${adminToken}`, accept: 'application/json' };

  const send: AdminConnection['send'] = async (method, path, body) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const answer = await request(new URL(path, server), {
      dispatcher: calls,
      method,
      headers: body === undefined ? headers : { ...headers, 'content-type': type },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    const isJson = String(answer.headers['content-type']).includes('json');
    return {
      status: answer.statusCode,
      body: isJson ? (JSON.parse(text) as unknown) : text,
      headers: answer.headers,
    };
  };

  const list = async <T extends ApiObject>(path: string, known: Map<string, T>, follower: Follower<T>) => {
    const { status, body } = await send('GET', path);
    if (status !== 200) throw new Error(`GET ${path}: ${status}`);
    const { metadata, items } = body as List<T>;
    const listed = new Set(items.map((item) => keyOf(item)));
    for (const [key, last] of known) {
      if (listed.has(key)) continue;
      known.delete(key);
      tell(() => follower.gone(last, metadata.resourceVersion));
    }
    for (const item of items) {
      if (known.get(keyOf(item))?.metadata.resourceVersion === item.metadata.resourceVersion) continue;
      known.set(keyOf(item), item);
      tell(() => follower.set(item, item.metadata.resourceVersion));
    }
    return metadata.resourceVersion;
  };
  const watch = async <T extends ApiObject>(
    path: string,
    from: string,
    known: Map<string, T>,
    follower: Follower<T>,
    signal: AbortSignal,
  ) => {
    const query = `${path.includes('?') ? '&' : '?'}watch=1&allowWatchBookmarks=true&timeoutSeconds=600&resourceVersion=${from}`;
    const answer = await request(new URL(`${path}${query}`, server), {
      dispatcher: watches,
      headers,
      signal,
    });
    for await (const line of createInterface({ input: answer.body })) {
      const event = JSON.parse(line) as { readonly type: string; readonly object: T };
      const { object } = event;
      if (event.type === 'ERROR') return;
      if (event.type === 'BOOKMARK') continue;
      if (event.type === 'DELETED') {
        known.delete(keyOf(object));
        tell(() => follower.gone(object, object.metadata.resourceVersion));
      } else {
        known.set(keyOf(object), object);
        tell(() => follower.set(object, object.metadata.resourceVersion));
      }
    }
  };

  return {
    send,
    follow(path, follower, signal) {
      const known = new Map();
      const { promise: listed, resolve } = Promise.withResolvers<void>();
      const run = async () => {
        while (!signal.aborted) {
          try {
            const version = await list(path, known, follower);
            resolve();
            await watch(path, version, known, follower, signal);
          } catch {
            // Whatever it was, an outage or the end: it is listed again, and what was missed is seen then.
            await delay(retryMs);
          }
        }
      };
      void run();
      return listed;
    },
    async close() {
      await Promise.all([calls.destroy(), watches.destroy()]);
    },
  };
}

/** Runs `work` for each item, `width` at a time. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}

function keyOf({ metadata }: ApiObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
