import { ValetkeyError } from '@valetkey/core';
import type { Dispatcher } from 'undici';

import type { Authorization } from './authorization.ts';
import type { Deadline } from './deadline.ts';
import { KubeError } from './kube-error.ts';
import { lastLook } from './last-look.ts';

/** One HTTP request, but for who asks. */
export interface Message {
  readonly method: Dispatcher.HttpMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Called right before the first byte goes out. */
  readonly beforeSend?: () => void;
  readonly signal: AbortSignal;
}

/**
 * Sends a request with the current token, and once more when the server does not take that one (401) and there
 * is a newer. The answer's body is the caller's to read or to destroy.
 * @throws what undici throws; see {@link toConnectionError}
 * @internal
 */
export async function exchange(
  pool: Dispatcher,
  authorization: Authorization,
  message: Message,
): Promise<Dispatcher.ResponseData> {
  const header = await authorization.header();
  const answer = await send(pool, message, header);
  if (answer.statusCode !== 401) return answer;
  const newer = await authorization.renew();
  if (newer === header) return answer;
  await answer.body.dump();
  return send(pool, message, newer);
}

function send(
  pool: Dispatcher,
  { method, url, headers, body, beforeSend, signal }: Message,
  authorization: string | undefined,
): Promise<Dispatcher.ResponseData> {
  const dispatcher = beforeSend === undefined ? pool : pool.compose(lastLook(beforeSend));
  return dispatcher.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method,
    headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
    ...(body === undefined ? {} : { body }),
    signal,
  });
}

/**
 * Says that there was no whole answer, and only by its code: undici's errors carry addresses and pieces of the
 * answer. Errors that do not come from the connection stay what they are.
 * @internal
 */
export function toConnectionError(error: unknown, deadline: Deadline): unknown {
  if (error instanceof KubeError || error instanceof ValetkeyError) return error;
  if (deadline.hasPassed()) return new KubeError({ status: 0, reason: 'DeadlineExceeded' });
  if (deadline.signal.aborted) return new KubeError({ status: 0, reason: 'Aborted' });
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string') return error;
  return new KubeError({ status: 0, reason: 'ConnectionFailed', message: code });
}
