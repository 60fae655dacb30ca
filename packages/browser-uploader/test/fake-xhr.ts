/** PUTs of a page, each with an end that a test decides. */

/** What a PUT meets. */
export type PutScript =
  | { readonly kind: 'answer'; readonly status: number; readonly body?: string; readonly retryAfter?: string }
  | { readonly kind: 'no-answer'; readonly sent: 'nothing' | 'half' | 'all' }
  | { readonly kind: 'silence' };

/** A PUT as the fake sees it. */
export interface FakePut {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly type: string;
  readonly bytes: number;
  /** Of an upload in parts. */
  readonly partNumber: number | undefined;
}

/** Size and ETag of the parts in the store, by number. */
export type FakeParts = Map<number, { readonly bytes: number; readonly etag: string }>;

export const arrives: PutScript = { kind: 'answer', status: 200 };

interface XhrSettings {
  readonly scriptOf: (put: FakePut) => PutScript;
  readonly puts: FakePut[];
  readonly parts: FakeParts;
  readonly line: { busy: number; inFlight: number; most: number };
  readonly hasEtags: boolean;
  readonly later: (run: () => void) => void;
}

/** An `XMLHttpRequest` that meets what its script says. */
export function fakeXhr({ scriptOf, puts, parts, line, hasEtags, later }: XhrSettings) {
  const listeners = new Map<string, (event: unknown) => void>();
  const uploadListeners = new Map<string, (event: unknown) => void>();
  const headers: Record<string, string> = {};
  let url = '';
  let script = arrives;
  let etag: string | null = null;
  let isOver = true;
  const end = (type: string) => {
    if (isOver) return;
    isOver = true;
    line.inFlight -= 1;
    listeners.get(type)?.({});
  };
  const send = (blob: Blob) => {
    const named = new URL(url).searchParams.get('partNumber');
    const partNumber = named === null ? undefined : Number(named);
    const put = { url, headers, type: blob.type, bytes: blob.size, partNumber };
    puts.push(put);
    script = scriptOf(put);
    isOver = false;
    line.inFlight += 1;
    line.most = Math.max(line.most, line.inFlight);
    if (script.kind === 'silence') return;
    line.busy += 1;
    const ending = script;
    // Bytes that are under way are waited for; how long they take is up to the clock.
    setTimeout(() => {
      line.busy -= 1;
      later(() => {
        if (isOver) return;
        const sent = ending.kind === 'answer' ? 'all' : ending.sent;
        const loaded = { nothing: 0, half: Math.floor(blob.size / 2), all: blob.size }[sent];
        if (loaded > 0) uploadListeners.get('progress')?.({ loaded });
        if (sent === 'all') uploadListeners.get('load')?.({});
        const isStored = sent === 'all' && (ending.kind === 'no-answer' || ending.status === 200);
        if (isStored) etag = `"${puts.length}"`;
        if (isStored && partNumber !== undefined)
          parts.set(partNumber, { bytes: blob.size, etag: etag ?? '' });
        end(ending.kind === 'answer' ? 'load' : 'error');
      });
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
    getResponseHeader: (name: string) => {
      if (name === 'etag') return hasEtags ? etag : null;
      return script.kind === 'answer' ? (script.retryAfter ?? null) : null;
    },
    get status() {
      return script.kind === 'answer' ? script.status : 0;
    },
    get responseText() {
      return script.kind === 'answer' ? (script.body ?? '') : '';
    },
    send,
    abort: () => end('abort'),
  };
}
