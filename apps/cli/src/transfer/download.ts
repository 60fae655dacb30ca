import type { IncomingMessage } from 'node:http';
import { quote, ValetkeyError, type Clock } from '@valetkey/core';
import { expectedDigest, type ExpectedDigest } from './expected-digest.ts';
import { sendRequest, toConnectionError } from './http-request.ts';
import type { Progress } from './progress.ts';
import { toRefusal } from './refusal.ts';
import { createPatience } from './retry.ts';
import type { Sink } from './sink.ts';

const maxRedirects = 5;
const mismatchHint = 'If the URL was made for an upload, use valetkey put.';
const redirects = new Set([301, 302, 303, 307, 308]);

/** What is fetched, and where it goes. */
export interface Download {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sink: Sink;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told once, when the size is known, where it is. */
  readonly begin: (totalBytes: number | undefined) => Progress;
}

/** How far a download is. */
interface State {
  bytes: number;
  totalBytes: number | undefined;
  /** Names the object's content; only a strong one may join two answers. RFC 9110, section 13.1.5. */
  etag: string | undefined;
  digest: ExpectedDigest | undefined;
  progress: Progress | undefined;
}

/**
 * Fetches an object into a sink and returns its size. A connection that breaks goes on where it broke, if the object
 * is still the same one; otherwise from the start. Size and checksum are compared where the store tells them.
 * @throws ValetkeyError `store-refused`, `store-unavailable` after five tries that brought nothing,
 * `checksum-mismatch`, `interrupted`, `file-unwritable`
 */
export async function download(options: Download): Promise<number> {
  const patience = createPatience(options.signal);
  const state: State = {
    bytes: 0,
    totalBytes: undefined,
    etag: undefined,
    digest: undefined,
    progress: undefined,
  };
  try {
    for (;;) {
      try {
        await fetchRest(options, state, patience.progress);
        state.digest?.check();
        return state.bytes;
      } catch (error) {
        await patience.afterFailure(error);
      }
    }
  } finally {
    state.progress?.stop();
  }
}

async function fetchRest(options: Download, state: State, onProgress: () => void): Promise<void> {
  const answer = await ask(options, state);
  if (answer.statusCode === 206 && state.bytes > 0) {
    if (!isContinuation(answer, state)) {
      // Stores are known that look at the range and not at If-Range: the object is another one by now.
      answer.destroy();
      await forget(options, state);
      return fetchRest(options, state, onProgress);
    }
  } else await begin(options, state, answer);
  try {
    for await (const chunk of answer) {
      if (!Buffer.isBuffer(chunk)) continue;
      await options.sink.write(chunk);
      state.digest?.update(chunk);
      state.bytes += chunk.byteLength;
      state.progress?.set(state.bytes);
      onProgress();
    }
  } catch (error) {
    throw toConnectionError(error, options);
  }
  if (state.totalBytes === undefined || state.totalBytes === state.bytes) return;
  throw new ValetkeyError('store-unavailable', {
    field: 'answer',
    expected: `${state.totalBytes} bytes`,
    got: `${state.bytes} bytes`,
  });
}

async function ask(options: Download, { bytes, etag }: State): Promise<IncomingMessage> {
  const { clock, signal } = options;
  // A range of the caller's own cannot be continued by another one.
  const isOwnRange = 'range' in options.headers;
  const headers =
    bytes > 0 && etag !== undefined && !isOwnRange
      ? { ...options.headers, range: `bytes=${bytes}-`, 'if-range': etag }
      : options.headers;
  let { url } = options;
  for (let hop = 0; ; hop += 1) {
    const answer = await sendRequest({ method: 'GET', url, headers, signal });
    const { statusCode = 0, headers: given } = answer;
    if (statusCode === 200 || statusCode === 206) return answer;
    if (!redirects.has(statusCode) || given.location === undefined || hop === maxRedirects) {
      throw await toRefusal(answer, { method: 'GET', url, headers, nowMs: clock.now(), mismatchHint });
    }
    answer.destroy();
    url = follow(url, given.location);
  }
}

/** Where a redirect leads. What was asked for with TLS is not fetched without. */
function follow(from: string, location: string): string {
  const base = URL.parse(location, from);
  if (
    base !== null &&
    (base.protocol === 'https:' || (base.protocol === 'http:' && from.startsWith('http:')))
  ) {
    return base.href;
  }
  throw new ValetkeyError('store-refused', {
    field: 'redirect',
    expected: 'a place as safe as the URL',
    got: quote(base === null ? location : `${base.protocol}//${base.host}`),
  });
}

function isContinuation({ headers }: IncomingMessage, { bytes, totalBytes, etag }: State): boolean {
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
  const isSameSize = total === '*' || totalBytes === undefined || Number(total) === totalBytes;
  return Number(from) === bytes && isSameSize && headers.etag === etag;
}

/** From the first byte: at the beginning, or because the object is another one by now. */
async function begin(options: Download, state: State, { headers }: IncomingMessage): Promise<void> {
  await forget(options, state);
  const length = headers['content-length'];
  state.totalBytes = length === undefined ? undefined : Number(length);
  state.etag = headers.etag?.startsWith('"') ? headers.etag : undefined;
  state.digest = expectedDigest(headers);
  state.progress ??= options.begin(state.totalBytes);
  state.progress.set(0);
}

/** Takes back what was written. */
async function forget({ sink }: Download, state: State): Promise<void> {
  if (state.bytes === 0) return;
  if (sink.restart === undefined) {
    throw new ValetkeyError('store-refused', {
      field: 'answer',
      expected: 'the rest of the same object',
      got: 'another object, and what was written cannot be taken back',
      hint: 'Download it to a file.',
    });
  }
  await sink.restart();
  state.bytes = 0;
}
