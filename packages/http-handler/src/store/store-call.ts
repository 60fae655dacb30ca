/** The service's own calls to a store, through its own presigned URLs. */
import { presignServiceCall, ValetkeyError, type ServiceCall } from '@valetkey/core';

import type { ServiceStore } from '../service-options.ts';
import { checkClock } from './check-clock.ts';

const deadlineMs = 10_000;
/** Putting thousands of parts together takes a store a while. */
const completeDeadlineMs = 60_000;

/** How a call gets out, and what time it is. */
export interface CallContext {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly nowMs: number;
}

/** What the store said, read to its end. */
export interface StoreAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Asks the store. Any answer below 500 is the caller's to read, but for a refusal that is the doing of a clock.
 * @throws ValetkeyError as {@link tryStore} does, and `store-unavailable` for an answer of 500 and above
 */
export async function callStore(
  call: ServiceCall,
  target: ServiceStore,
  context: CallContext,
  body?: string,
): Promise<StoreAnswer> {
  const answer = await tryStore(call, target, context, body);
  if (answer.status >= 500) throw unavailable(target.store.endpoint, `status ${answer.status}`);
  return answer;
}

/**
 * The same, but answers of 500 and above are the caller's to read as well.
 * @throws ValetkeyError `store-unavailable`, `clock-skewed`, `credentials-unavailable`, `credentials-expired`
 */
export async function tryStore(
  call: ServiceCall,
  { store, credentials }: ServiceStore,
  { fetch, nowMs }: CallContext,
  body?: string,
): Promise<StoreAnswer> {
  const url = presignServiceCall(call, await credentials(), { store, nowMs });
  const ms = call.kind === 'complete-multipart' ? completeDeadlineMs : deadlineMs;
  const { status, headers, text } = await send(
    () =>
      fetch(url.reveal(), {
        method: url.method,
        headers: url.requiredHeaders,
        redirect: 'manual',
        signal: AbortSignal.timeout(ms),
        ...(body === undefined ? {} : { body }),
      }),
    store.endpoint,
  );
  if (status < 500) checkClock({ status, headers }, { nowMs, expiresAt: url.expiresAt });
  return { status, headers, text };
}

/** A store that does not answer as a store. */
export function unavailable(endpoint: string, got: string, cause?: unknown): ValetkeyError {
  return new ValetkeyError('store-unavailable', {
    field: endpoint,
    expected: 'an answer of the store',
    got,
    cause,
  });
}

async function send(ask: () => Promise<Response>, endpoint: string): Promise<StoreAnswer> {
  try {
    const response = await ask();
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    // The error's own message may hold the URL; its name does not.
    throw unavailable(endpoint, error instanceof Error ? error.name : 'an error');
  }
}
