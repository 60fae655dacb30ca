/** Requests as somebody with a presigned URL sends them, and as somebody who tampered with it does. */
import { presignServiceCall, type BucketName, type ServiceCall, type Store } from '@valetkey/core';
import { explain } from '@valetkey/core/explain';
import type { CredentialProvider } from '@valetkey/core/s3';
import { postForm, presign, type Method, type PresignedUrl } from '@valetkey/core/signing';
import type { Answer } from './answer.ts';
import type { StoreClock } from './store-clock.ts';
import type { Traces } from './traces.ts';
import { send } from './transport.ts';

const usualLifetimeSeconds = 300;

/** What is signed. */
export interface ObjectCall {
  readonly method: Method;
  readonly key: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly versionId?: string;
  /** Seconds. @default 300 */
  readonly lifetimeSeconds?: number;
  /** The URL was made so many seconds ago. @default 0 */
  readonly ageSeconds?: number;
}

/** What is sent, where it is not just what was signed. */
export interface Sending {
  readonly body?: string;
  readonly method?: string;
  /** Sent beside those that were signed, or in their place. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly rewrite?: (url: URL) => void;
}

/** A form with a file of so many bytes, of which so many are allowed. */
export interface FormCall {
  readonly key: string;
  readonly maxBytes: number;
  readonly file: string;
}

/** Who calls, and where. */
export interface Caller {
  readonly store: Store;
  readonly bucket: BucketName;
  readonly credentials: CredentialProvider;
  readonly clock: StoreClock;
  readonly traces: Traces;
  /** Nothing is sent once it has aborted; what is under way is waited for, so that nothing is left unknown. */
  readonly stop: AbortSignal;
}

/**
 * Signs, sends, and says what an error means.
 * @throws ValetkeyError `store-unavailable`, `credentials-unavailable`, `credentials-expired`
 */
export async function callObject(caller: Caller, call: ObjectCall, sending: Sending = {}): Promise<Answer> {
  const { method = call.method, body, headers, rewrite } = sending;
  caller.stop.throwIfAborted();
  if (method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS') caller.traces.addKey(call.key);
  const signed = await sign(caller, call);
  const url = new URL(signed.reveal());
  rewrite?.(url);
  // Fetch reckons the length of the body by itself.
  const { 'content-length': _length, ...required } = signed.requiredHeaders;
  const sent = { ...required, ...headers };
  const answer = await send(url, { method, headers: sent, ...(body === undefined ? {} : { body }) });
  const versionId = answer.headers.get('x-amz-version-id');
  if ((method === 'PUT' || method === 'DELETE') && versionId !== null) {
    caller.traces.addVersion(call.key, versionId);
  }
  return { ...answer, meaning: meaningOf(signed, answer, caller, sent) };
}

/**
 * Sends a file with a signed form, as a browser does.
 * @throws ValetkeyError `store-unavailable`, `credentials-unavailable`, `credentials-expired`
 */
export async function sendForm(caller: Caller, { key, maxBytes, file }: FormCall): Promise<Answer> {
  const { store, bucket, clock, traces } = caller;
  caller.stop.throwIfAborted();
  traces.addKey(key);
  const form = postForm(
    {
      endpoint: store.publicEndpoint,
      addressing: store.addressing,
      region: store.region,
      bucket,
      key,
      minBytes: 1,
      maxBytes,
      expiresInSeconds: usualLifetimeSeconds,
    },
    await caller.credentials(),
    { nowMs: clock.now() },
  );
  const body = new FormData();
  for (const [name, value] of Object.entries(form.reveal())) body.append(name, value);
  body.append('file', new Blob([file]), 'file');
  const answer = await send(new URL(form.url), { method: 'POST', body });
  const versionId = answer.headers.get('x-amz-version-id');
  if (versionId !== null) traces.addVersion(key, versionId);
  return answer;
}

/**
 * A call to the bucket, or of a multipart upload.
 * @throws ValetkeyError `store-unavailable`, `credentials-unavailable`, `credentials-expired`
 */
export async function callStore(caller: Caller, call: ServiceCall, body?: string): Promise<Answer> {
  const { store, credentials, clock, stop } = caller;
  stop.throwIfAborted();
  const signed = presignServiceCall(call, await credentials(), { store, nowMs: clock.now() });
  const { method, requiredHeaders } = signed;
  const url = new URL(signed.reveal());
  return send(url, { method, headers: requiredHeaders, ...(body === undefined ? {} : { body }) });
}

async function sign({ store, bucket, credentials, clock }: Caller, call: ObjectCall): Promise<PresignedUrl> {
  return presign(
    {
      method: call.method,
      endpoint: store.publicEndpoint,
      addressing: store.addressing,
      region: store.region,
      bucket,
      key: call.key,
      keyRules: { syntax: 'raw', slashes: 'exact' },
      expiresInSeconds: call.lifetimeSeconds ?? usualLifetimeSeconds,
      headers: call.headers ?? {},
      query: call.query ?? {},
      ...(call.versionId === undefined ? {} : { versionId: call.versionId }),
    },
    await credentials(),
    { nowMs: clock.now() - (call.ageSeconds ?? 0) * 1000 },
  );
}

function meaningOf(
  url: PresignedUrl,
  { status, body }: Answer,
  { clock }: Caller,
  headers: Readonly<Record<string, string>>,
): Answer['meaning'] {
  if (status < 400 || body === '') return undefined;
  const answer = { status, body, method: url.method, headers };
  const { findings } = explain(url.reveal(), { nowMs: clock.now(), method: url.method, answer });
  return findings.find(({ code, severity }) => severity === 'error' && code !== 'expired');
}
