/** The service's own calls to a store, through its own presigned URLs. */
import { presignServiceCall, ValetkeyError, type ServiceCall } from '@valetkey/core';

import type { ServiceStore } from '../service-options.ts';

const deadlineMs = 10_000;

/** How a call gets out, and what time it is. */
export interface CallContext {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly nowMs: number;
}

/**
 * Asks the store. Any answer below 500 is the caller's to read.
 * @throws ValetkeyError `store-unavailable`, `credentials-unavailable`, `credentials-expired`
 */
export async function callStore(
  call: ServiceCall,
  { store, credentials }: ServiceStore,
  { fetch, nowMs }: CallContext,
): Promise<Response> {
  const url = presignServiceCall(call, await credentials(), { store, nowMs });
  const response = await send(fetch, url.reveal(), url.method, store.endpoint);
  if (response.status < 500) return response;
  await response.body?.cancel();
  throw unavailable(store.endpoint, `status ${response.status}`);
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

async function send(
  fetch: CallContext['fetch'],
  url: string,
  method: string,
  endpoint: string,
): Promise<Response> {
  try {
    return await fetch(url, { method, redirect: 'manual', signal: AbortSignal.timeout(deadlineMs) });
  } catch (error) {
    // The error's own message may hold the URL; its name does not.
    throw unavailable(endpoint, error instanceof Error ? error.name : 'an error');
  }
}
