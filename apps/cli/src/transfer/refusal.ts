import type { IncomingMessage } from 'node:http';
import { ValetkeyError } from '@valetkey/core';
import { explain } from '@valetkey/core/explain';

const maxBodyBytes = 64 * 1024;
const retryableStatuses = new Set([408, 429, 500, 502, 503, 504]);

/** What was asked when the store refused. */
interface RefusedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly nowMs: number;
  /** What to try when the store reckons another signature than the URL has. */
  readonly mismatchHint?: string | undefined;
}

/**
 * What an answer that is no success means for the URL: `store-unavailable` where the same request may succeed
 * later, `already-exists` where an object must not be replaced, `store-refused` otherwise.
 */
export async function toRefusal(
  answer: IncomingMessage,
  { method, url, headers, nowMs, mismatchHint }: RefusedRequest,
): Promise<ValetkeyError> {
  const status = answer.statusCode ?? 0;
  const body = await readText(answer);
  const { findings } = explain(url, { nowMs, method, answer: { status, body, method, headers } });
  const finding = findings.find(({ code }) => !notOfAnswer.has(code));
  const known = finding?.severity === 'error' ? finding : undefined;
  const isMismatch = known !== undefined && mismatchHint !== undefined && mismatches.has(known.code);
  const code = retryableStatuses.has(status)
    ? 'store-unavailable'
    : status === 412
      ? 'already-exists'
      : 'store-refused';
  return new ValetkeyError(code, {
    field: `${method} status ${status}`,
    expected: 'a success',
    got: known?.message.replace(/\.$/, '') ?? 'an answer without a known reason',
    ...(known === undefined ? {} : { hint: isMismatch ? `${known.fix} ${mismatchHint}` : known.fix }),
  });
}

/** All that a URL for another method may look like. */
const mismatches = new Set(['other-method', 'signature-mismatch', 'wrong-secret', 'wrong-header-or-secret']);

/** Said of the text that was pasted, not of the store's answer. */
const notOfAnswer = new Set(['pasted-around']);

/** The beginning of an answer; the rest is not read. */
export async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    if (!Buffer.isBuffer(chunk)) continue;
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= maxBodyBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBodyBytes).toString('utf8');
}
