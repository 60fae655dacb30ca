/** How requests of the doctor get out: bounded in time and size, and again when the store is busy. */
import { setTimeout as delay } from 'node:timers/promises';

import { ValetkeyError } from '@valetkey/core';

const callDeadlineMs = 10_000;
const bodyLimitBytes = 65_536;
const pausesMs = [200, 600];
const busy = new Set([500, 502, 503, 504]);

/** An answer whose body has been read. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * Sends a request; where the store says it is busy, twice again. Redirects are answers.
 * @throws ValetkeyError `store-unavailable`, without the URL
 */
export async function send(url: URL, init: RequestInit): Promise<RawAnswer> {
  let answer = await sendOnce(url, init);
  for (const pauseMs of pausesMs) {
    if (!busy.has(answer.status)) return answer;
    await delay(pauseMs);
    answer = await sendOnce(url, init);
  }
  if (!busy.has(answer.status)) return answer;
  throw new ValetkeyError('store-unavailable', {
    field: url.origin,
    expected: 'an answer of the store',
    got: `status ${answer.status}, ${pausesMs.length + 1} times`,
    hint: 'Try again when the store, or the proxy in front of it, is well.',
  });
}

async function sendOnce(url: URL, init: RequestInit): Promise<RawAnswer> {
  try {
    const signal = AbortSignal.timeout(callDeadlineMs);
    const response = await fetch(url, { ...init, redirect: 'manual', signal });
    const { status, headers } = response;
    return { status, headers, body: await readBeginning(response) };
  } catch (error) {
    throw new ValetkeyError('store-unavailable', {
      field: url.origin,
      expected: 'an answer',
      got: reasonOf(error),
      hint: 'Look at --endpoint-url, DNS, firewall and proxy; is the store running?',
    });
  }
}

async function readBeginning(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    text += decoder.decode(chunk, { stream: true });
    if (bytes > bodyLimitBytes) break;
  }
  return text;
}

/** The system's own word, such as ECONNREFUSED; messages may hold the URL. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'an error';
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  if (error.name === 'TimeoutError') return `nothing for ${callDeadlineMs / 1000} s`;
  // The fetch standard's list of ports that no program may call has no code.
  return error instanceof TypeError
    ? 'no call made (HTTP clients refuse some ports and addresses)'
    : error.name;
}
