/**
 * A browser whose time, line and answers a test decides. It stands beside the real one (`browser.test.ts`), for
 * what takes minutes there.
 */
import type { Environment } from '../src/engine/environment.ts';

/** What a PUT meets. */
type PutScript =
  | { readonly kind: 'answer'; readonly status: number; readonly body?: string; readonly retryAfter?: string }
  | { readonly kind: 'no-answer'; readonly sent: 'nothing' | 'half' | 'all' }
  | { readonly kind: 'silence' };

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
  readonly puts: { readonly url: string; readonly headers: Record<string, string>; readonly type: string }[];
  /** Waits that were asked for, in milliseconds. */
  readonly waits: number[];
  readonly goOffline: () => void;
  readonly goOnline: () => void;
  /** Milliseconds that have passed. */
  readonly elapsedMs: () => number;
}

export interface FakeOptions {
  readonly puts?: readonly PutScript[];
  readonly answers?: Readonly<Record<string, Answer>>;
  /** How far the service's clock is ahead of the browser's. */
  readonly serverAheadMs?: number;
  /** Life of each URL. */
  readonly lifeMs?: number;
  /** What the probe of the store's origin meets. */
  readonly isStoreThere?: boolean;
  readonly random?: number;
}

const startMs = 1_790_000_000_000;
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
  const line = { busy: 0 };
  let signed = 0;

  const request = () => ({
    method: 'PUT',
    url: `https://store.example/bucket/key?X-Amz-Signature=secret${(signed += 1)}`,
    headers: { 'content-type': 'text/plain' },
    expiresAt: instant(nowMs + serverAheadMs + lifeMs),
  });
  const usual: Record<string, Answer> = {
    '/v1/uploads': ({ files }) => ({
      json: {
        serverTime: instant(nowMs + serverAheadMs),
        uploads: (files as unknown[]).map(() => ({
          ref: '0',
          id: 'an-id',
          key: 'key',
          expiresAt: instant(nowMs + 86_400_000),
          mode: 'put',
          request: request(),
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
        items: (items as unknown[]).map(() => ({ status: 'open', bytes: 5 })),
      },
    }),
    '/v1/uploads/complete': ({ items }) => ({
      json: {
        serverTime: instant(nowMs + serverAheadMs),
        items: (items as unknown[]).map(() => ({ key: 'key', bytes: 5, etag: '"e"', receipt: 'r' })),
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
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      }),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        // The watch over a PUT and the window of a batch are no waits of anybody's.
        if (ms !== 20 && ms !== 30_000) waits.push(ms);
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
      const answer = (options.answers?.[pathname] ?? usual[pathname])?.(body);
      if (answer === undefined) throw new TypeError('Failed to fetch');
      const headers = { 'content-type': 'application/json', ...answer.headers };
      return new Response(JSON.stringify(answer.json), { status: answer.status ?? 200, headers });
    },
    createXhr: () =>
      fakeXhr(script.shift() ?? { kind: 'answer', status: 200 }, puts, line) as unknown as XMLHttpRequest,
  };
  return {
    environment,
    calls,
    puts,
    waits,
    goOffline: () => {
      isOnline = false;
    },
    goOnline: () => {
      isOnline = true;
      for (const listener of onlineListeners) listener();
    },
    elapsedMs: () => nowMs - startMs,
  };
}

function fakeXhr(script: PutScript, puts: FakeBrowser['puts'], line: { busy: number }) {
  const listeners = new Map<string, (event: unknown) => void>();
  const uploadListeners = new Map<string, (event: unknown) => void>();
  const headers: Record<string, string> = {};
  let url = '';
  const emit = (type: string) => listeners.get(type)?.({});
  const send = (blob: Blob) => {
    puts.push({ url, headers, type: blob.type });
    if (script.kind === 'silence') return;
    line.busy += 1;
    setTimeout(() => {
      line.busy -= 1;
      const sent = script.kind === 'answer' ? 'all' : script.sent;
      const loaded = { nothing: 0, half: Math.floor(blob.size / 2), all: blob.size }[sent];
      if (loaded > 0) uploadListeners.get('progress')?.({ loaded });
      if (sent === 'all') uploadListeners.get('load')?.({});
      emit(script.kind === 'answer' ? 'load' : 'error');
    }, 0);
  };
  return {
    upload: {
      addEventListener: (type: string, run: (event: unknown) => void) => uploadListeners.set(type, run),
    },
    addEventListener: (type: string, run: (event: unknown) => void) => listeners.set(type, run),
    open: (_method: string, given: string) => {
      url = given;
    },
    setRequestHeader: (name: string, value: string) => {
      headers[name] = value;
    },
    getResponseHeader: () => (script.kind === 'answer' ? (script.retryAfter ?? null) : null),
    get status() {
      return script.kind === 'answer' ? script.status : 0;
    },
    get responseText() {
      return script.kind === 'answer' ? (script.body ?? '') : '';
    },
    send,
    abort: () => emit('abort'),
  };
}
