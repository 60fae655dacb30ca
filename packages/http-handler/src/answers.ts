/** Answers that are made alike whatever was asked. */
import { quote, ValetkeyError } from '@valetkey/core';
import { problemMediaType, toProblem, type Problem } from '@valetkey/protocol';

import type { Answer, Asked } from './exchange.ts';
import { toHex } from './service-keys.ts';
import { describeError } from './to-problem.ts';

const overloadRetryMs = 1000;
const jsonHeaders = { 'content-type': 'application/json' };

/** What went well. */
export function toJson(value: object): Answer {
  return { status: 200, headers: jsonHeaders, body: JSON.stringify(value) };
}

/** What did not. */
export function toProblemAnswer(problem: Problem): Answer {
  const { status, retryAfterMs } = problem;
  return {
    status,
    headers: {
      'content-type': problemMediaType,
      ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      // What is left of the body would stand where the next request is looked for: RFC 9110, section 15.5.9.
      ...(status === 408 ? { connection: 'close' } : {}),
    },
    body: JSON.stringify(problem),
  };
}

/** Without an error, whose stack would cost more than all the rest of it. */
export function comeBack(requestId: string): Answer {
  const detail = 'More requests came than can be answered in time. Try again in 1 second.';
  return toProblemAnswer(toProblem('rate-limited', { requestId, detail, retryAfterMs: overloadRetryMs }));
}

/** Says which methods there are. RFC 9110, section 15.5.6. */
export function refuseMethod(method: string, methods: readonly string[], requestId: string): Answer {
  const error = new ValetkeyError('method-not-allowed', {
    field: 'method',
    expected: methods.join(' or '),
    got: quote(method),
  });
  const { status, headers, body } = toProblemAnswer(describeError(error, requestId).problem);
  return { status, headers: { ...headers, allow: methods.join(', ') }, body };
}

/** Given once only to who has it already. RFC 9110, section 8.8.3. */
export async function withEtag(asked: Asked, body: string): Promise<Answer> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(body));
  const etag = `"${toHex(new Uint8Array(digest).subarray(0, 12))}"`;
  const headers = { etag, 'cache-control': 'private, no-cache' };
  if (isMatch(asked.header('if-none-match'), etag)) return { status: 304, headers, body: '' };
  return { status: 200, headers: { ...headers, ...jsonHeaders }, body };
}

/** Whoever stands between and compresses answers weakens their tags. RFC 9110, section 13.1.2. */
function isMatch(header: string | null, etag: string): boolean {
  if (header === null) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || header.trim() === '*';
}
