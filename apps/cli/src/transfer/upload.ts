import type { Clock } from '@valetkey/core';
import { sendRequest } from './http-request.ts';
import { toRefusal } from './refusal.ts';
import { createPatience } from './retry.ts';

/** After a broken connection, in milliseconds: it may have broken because the store refused the body. */
const refusalMs = 1000;

/** Where to, as it is signed. */
export interface SignedTarget {
  readonly url: string;
  /** With `content-length`. Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What is sent. */
export interface Upload {
  /** Asked at each try, so that no try has a URL that has ended. */
  readonly sign: () => Promise<SignedTarget>;
  /** The bytes, from the first one, at each try. */
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Bytes of this try that have gone out. */
  readonly onSent: (bytes: number) => void;
  /** Of a URL that somebody else signed: what to try when the store reckons another signature. */
  readonly mismatchHint?: string;
}

/** What the store says of what it has taken. */
export interface Stored {
  readonly etag: string | undefined;
  readonly versionId: string | undefined;
}

/**
 * Puts bytes, and tries again when the connection breaks or the store is busy. Where an object must not be replaced
 * and all bytes went out without an answer, it is not tried again: the second try could meet what the first one left.
 * @throws ValetkeyError `store-refused`, `already-exists`, `store-unavailable`, `interrupted`; and what reading throws
 */
export async function upload(options: Upload): Promise<Stored> {
  const patience = createPatience(options.signal);
  for (let tries = 0; ; tries += 1) {
    const target = await options.sign();
    const attempt = { sent: 0, isAnswered: false, refusalMs: tries === 0 ? 0 : refusalMs };
    try {
      return await tryOnce(options, target, attempt);
    } catch (error) {
      const { 'if-none-match': condition, 'content-length': length } = target.headers;
      const mayBeStored = !attempt.isAnswered && attempt.sent >= Number(length ?? 0);
      if (condition !== undefined && mayBeStored) throw error;
      await patience.afterFailure(error);
    }
  }
}

/** One try, and what is known of it when it failed. */
interface Attempt {
  sent: number;
  isAnswered: boolean;
  readonly refusalMs: number;
}

async function tryOnce(
  { open, clock, signal, onSent, mismatchHint }: Upload,
  { url, headers }: SignedTarget,
  attempt: Attempt,
): Promise<Stored> {
  const answer = await sendRequest({
    method: 'PUT',
    url,
    headers,
    body: headers['content-length'] === '0' ? undefined : open(),
    refusalMs: attempt.refusalMs,
    onSent: (bytes) => {
      attempt.sent += bytes;
      onSent(attempt.sent);
    },
    signal,
  });
  attempt.isAnswered = true;
  const { statusCode = 0, headers: given } = answer;
  if (statusCode < 200 || statusCode > 299) {
    throw await toRefusal(answer, { method: 'PUT', url, headers, nowMs: clock.now(), mismatchHint });
  }
  answer.resume();
  const versionId = given['x-amz-version-id'];
  return { etag: given.etag, versionId: typeof versionId === 'string' ? versionId : undefined };
}
