import { ValetkeyError } from '@valetkey/core';
import type { Dispatcher } from 'undici';

import { takeAnswer, type Answer, type Listener } from './answer.ts';
import type { Authorization } from './authorization.ts';
import type { Deadline } from './deadline.ts';
import { KubeError } from './kube-error.ts';

/** One HTTP request, but for who asks. */
export interface Message extends Listener {
  readonly method: Dispatcher.HttpMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Sends a request with the current token, and once more when the server does not take that one (401) and there
 * is a newer.
 * @throws what undici throws; see {@link toConnectionError}
 * @internal
 */
export async function exchange(
  pool: Dispatcher,
  authorization: Authorization,
  message: Message,
): Promise<Answer> {
  const header = await authorization.header();
  const answer = await send(pool, message, header);
  if (answer.status !== 401) return answer;
  const newer = await authorization.renew();
  return newer === header ? answer : send(pool, message, newer);
}

function send(pool: Dispatcher, message: Message, authorization: string | undefined): Promise<Answer> {
  const { method, url, headers, body } = message;
  return takeAnswer(
    pool,
    {
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: authorization === undefined ? headers : { ...headers, authorization },
      ...(body === undefined ? {} : { body }),
    },
    message,
  );
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
