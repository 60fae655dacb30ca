/**
 * A browser whose time, line and answers a test decides. It stands beside the real one (`browser.test.ts`), for
 * what takes minutes there.
 */
import type { Environment } from '../src/engine/environment.ts';
import { fakeWorker } from './fake-worker.ts';
import { arrives, fakeXhr, type FakeParts, type FakePut, type PutScript } from './fake-xhr.ts';

/** What the service answers to a call; the default is a working service. */
type Answer = (body: Record<string, unknown>) => {
  readonly status?: number;
  readonly json: unknown;
  readonly headers?: Record<string, string>;
};

export interface FakeBrowser {
  readonly environment: Environment;
  /** Calls to the service, by path. */
  readonly calls: {
    readonly path: string;
    readonly body: Record<string, unknown>;
    readonly headers: Record<string, string>;
  }[];
  /** PUTs that were begun. */
  readonly puts: FakePut[];
  /** Most PUTs at the same time, so far. */
  readonly mostAtOnce: () => number;
  /** Size and ETag of the parts in the store, by number; a test may change them. */
  readonly parts: FakeParts;
  /** Waits that were asked for, in milliseconds. */
  readonly waits: number[];
  readonly goOffline: () => void;
  readonly goOnline: () => void;
  /** Milliseconds that have passed. */
  readonly elapsedMs: () => number;
}

export interface FakeOptions {
  /** What becomes of the PUTs in the order they are begun; after them all succeed. */
  readonly puts?: readonly PutScript[];
  /** Decides by the PUT itself; undefined leaves it to `puts`. */
  readonly putScript?: (put: FakePut, nowMs: number) => PutScript | undefined;
  /** Told of each call before it is answered. */
  readonly onCall?: (path: string) => void;
  /** How long a PUT takes. */
  readonly putMs?: number;
  /** Files of more bytes go up in parts of so many. */
  readonly partBytes?: number;
  /** Parts whose requests come with the begun upload. */
  readonly firstParts?: number;
  /** Whether the page sees ETags. */
  readonly hasEtags?: boolean;
  readonly answers?: Readonly<Record<string, Answer>>;
  /** How far the service's clock is ahead of the browser's. */
  readonly serverAheadMs?: number;
  /** Life of each URL. */
  readonly lifeMs?: number;
  /** What the probe of the store's origin meets. */
  readonly isStoreThere?: boolean;
  readonly random?: number;
  /** @default a Worker that knows MD5 */
  readonly startWorker?: () => Worker;
  /** Told whenever the Worker is asked for a sum. */
  readonly onSum?: () => void;
}

const startMs = 1_790_000_000_000;
const sizeMismatch = {
  type: 'urn:valetkey:problem:size-mismatch',
  title: 'T',
  status: 409,
  detail: 'The stored size is not the declared one.',
  code: 'size-mismatch',
  retryable: false,
  requestId: 'r',
};
const instant = (ms: number) => new Date(ms).toISOString();

export function fakeBrowser(options: FakeOptions = {}): FakeBrowser {
  const { serverAheadMs = 0, lifeMs = 300_000, isStoreThere = false, random = 0.5 } = options;
  let nowMs = startMs;
  let isOnline = true;
  const onlineListeners = new Set<() => void>();
  const waiting = new Set<{ atMs: number; done: () => void }>();
  const script = [...(options.puts ?? [])];
  const calls: FakeBrowser['calls'] = [];
  const puts: FakeBrowser['puts'] = [];
  const waits: number[] = [];
  const line = { busy: 0, inFlight: 0, most: 0 };
  const parts: FakeBrowser['parts'] = new Map();
  const { putMs = 0, partBytes = Number.POSITIVE_INFINITY, firstParts = 16, hasEtags = true } = options;
  let signed = 0;
  let begun = 0;
  const sizes = new Map<string, number>();

  const request = (query = '') => ({
    method: 'PUT',
    url: `https://store.example/bucket/key?${query}X-Amz-Signature=secret${(signed += 1)}`,
    headers: { 'content-type': 'text/plain' },
    expiresAt: instant(nowMs + serverAheadMs + lifeMs),
  });
  const part = (partNumber: number) => ({
    partNumber,
    bytes: partBytes,
    ...request(`partNumber=${partNumber}&`),
  });
  const transferOf = (bytes: number) => {
    if (bytes <= partBytes) return { mode: 'put', request: request() };
    const partCount = Math.ceil(bytes / partBytes);
    const length = Math.min(firstParts, partCount);
    const first = Array.from({ length }, (_, index) => part(index + 1));
    return { mode: 'multipart', partBytes, partCount, parts: first };
  };
  const usual: Record<string, Answer> = {
    '/v1/policies/files': () => ({ json: { multipartThresholdBytes: partBytes } }),
    '/v1/uploads': ({ files }) => ({
      json: {
        serverTime: instant(nowMs + serverAheadMs),
        uploads: (files as { ref: string; bytes: number }[]).map(({ ref, bytes }) => {
          const id = `an-id-${(begun += 1)}`;
          sizes.set(id, bytes);
          return { ref, id, key: 'key', expiresAt: instant(nowMs + 86_400_000), ...transferOf(bytes) };
        }),
      },
    }),
    '/v1/uploads/parts': ({ items }) => ({
      json: {
        serverTime: instant(nowMs + serverAheadMs),
        items: (items as { partNumbers: number[] }[]).map(({ partNumbers }) => ({
          parts: partNumbers.map(part),
        })),
      },
    }),
    '/v1/uploads/sign': ({ items }) => ({
      json: {
        serverTime: instant(nowMs + serverAheadMs),
        items: (items as unknown[]).map(() => ({ request: request() })),
      },
    }),
    '/v1/uploads/status': ({ items }) => ({
      json: {
        serverTime: instant(nowMs + serverAheadMs),
        items: (items as { id: string }[]).map(({ id }) => {
          const bytes = sizes.get(id) ?? 5;
          if (bytes <= partBytes) return { status: 'open', bytes };
          const listed = [...parts].map(([partNumber, stored]) => ({ partNumber, ...stored }));
          return { status: 'open', bytes, partBytes, parts: listed };
        }),
      },
    }),
    '/v1/uploads/complete': ({ items }) => ({
      json: {
        serverTime: instant(nowMs + serverAheadMs),
        items: (items as { id: string }[]).map(({ id }) => {
          const stored = [...parts.values()].reduce((sum, part) => sum + part.bytes, 0);
          const bytes = sizes.get(id) ?? stored;
          if (bytes > partBytes && stored !== bytes) return { problem: sizeMismatch };
          return { key: 'key', bytes, etag: '"e"', receipt: 'r' };
        }),
      },
    }),
    '/v1/uploads/abort': ({ items }) => ({
      json: {
        serverTime: instant(nowMs + serverAheadMs),
        items: (items as unknown[]).map(() => ({ aborted: true })),
      },
    }),
  };

  // Time passes when everybody waits: the earliest of the waits comes next.
  const pass = () => {
    setTimeout(() => {
      // Bytes under way arrive first.
      if (line.busy > 0) {
        pass();
        return;
      }
      const next = [...waiting].sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) return;
      waiting.delete(next);
      nowMs = Math.max(nowMs, next.atMs);
      next.done();
    }, 0);
  };

  const environment: Environment = {
    now: () => nowMs,
    random: () => random,
    newNonce: () => 'nonce-nonce',
    pageOrigin: () => 'https://page.example',
    isOnline: () => isOnline,
    untilOnline: (signal) =>
      new Promise((resolve, reject) => {
        onlineListeners.add(resolve);
        const leave = () => {
          onlineListeners.delete(resolve);
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', leave, { once: true });
      }),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        // The watch over a PUT and the windows of batches are no waits of anybody.
        if (![0, 20, 30_000].includes(ms)) waits.push(ms);
        const entry = { atMs: nowMs + ms, done: resolve };
        waiting.add(entry);
        signal.addEventListener('abort', () => {
          waiting.delete(entry);
          reject(signal.reason as Error);
        });
        pass();
      }),
    fetch: async (url, init) => {
      const { pathname, origin } = new URL(url);
      if (origin === 'https://store.example') {
        if (isStoreThere) return new Response();
        throw new TypeError('Failed to fetch');
      }
      const body = typeof init.body === 'string' ? (JSON.parse(init.body) as Record<string, unknown>) : {};
      calls.push({ path: pathname, body, headers: { ...(init.headers as Record<string, string>) } });
      options.onCall?.(pathname);
      const answer = (options.answers?.[pathname] ?? usual[pathname])?.(body);
      if (answer === undefined) throw new TypeError('Failed to fetch');
      const headers = { 'content-type': 'application/json', ...answer.headers };
      return new Response(JSON.stringify(answer.json), { status: answer.status ?? 200, headers });
    },
    startWorker: options.startWorker ?? (() => fakeWorker(options.onSum) as unknown as Worker),
    createXhr: () => {
      const settings = {
        scriptOf: (put: FakePut) => options.putScript?.(put, nowMs) ?? script.shift() ?? arrives,
        puts,
        parts,
        line,
        hasEtags,
        later: (run: () => void) => {
          if (putMs === 0) run();
          else {
            waiting.add({ atMs: nowMs + putMs, done: run });
            pass();
          }
        },
      };
      return fakeXhr(settings) as unknown as XMLHttpRequest;
    },
  };
  return {
    environment,
    calls,
    puts,
    parts,
    mostAtOnce: () => line.most,
    waits,
    goOffline: () => {
      isOnline = false;
    },
    goOnline: () => {
      isOnline = true;
      const listeners = [...onlineListeners];
      onlineListeners.clear();
      for (const listener of listeners) listener();
    },
    elapsedMs: () => nowMs - startMs,
  };
}
