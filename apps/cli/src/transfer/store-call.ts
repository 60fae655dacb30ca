/** The calls that the command makes to a store for itself, with the caller's credentials. */
import type { IncomingMessage } from 'node:http';
import {
  presignServiceCall,
  type Clock,
  type PresignedUrl,
  type ServiceCall,
  type Store,
} from '@valetkey/core';
import type { CredentialProvider } from '@valetkey/core/s3';
import { sendRequest } from './http-request.ts';
import { toRefusal } from './refusal.ts';
import type { SignedTarget } from './upload.ts';

/** Whom to call, and as whom. */
export interface Caller {
  /** URLs for it are signed for the endpoint that the command itself reaches. */
  readonly store: Store;
  readonly credentials: CredentialProvider;
  readonly clock: Clock;
}

/** A body of XML, and whether a refusal is an error. */
interface CallOptions {
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Statuses that are answers and no errors. @default none but success */
  readonly accept?: readonly number[];
}

/**
 * The store's answer.
 * @throws ValetkeyError `store-refused`, `already-exists`, `store-unavailable`, `interrupted`
 */
export async function callStore(
  { store, credentials, clock }: Caller,
  call: ServiceCall,
  { body, signal, accept = [] }: CallOptions,
): Promise<IncomingMessage> {
  const nowMs = clock.now();
  const signed = presignServiceCall(call, await credentials(), { store, nowMs });
  const target = toTarget(signed);
  const bytes = body === undefined ? undefined : new TextEncoder().encode(body);
  const headers = { ...target.headers, 'content-length': String(bytes?.byteLength ?? 0) };
  const { method } = signed;
  const { url } = target;
  const answer = await sendRequest({
    method,
    url,
    headers,
    body: bytes === undefined ? undefined : once(bytes),
    signal,
  });
  const { statusCode = 0 } = answer;
  if ((statusCode >= 200 && statusCode <= 299) || accept.includes(statusCode)) return answer;
  throw await toRefusal(answer, { method, url, headers, nowMs });
}

/** What goes on the wire: to nobody but the store. */
export function toTarget(signed: PresignedUrl | ReturnType<typeof presignServiceCall>): SignedTarget {
  return { url: signed.reveal(), headers: signed.requiredHeaders };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
