/**
 * An independent verifier of presigned URLs: it shares no code with the signer, so that each finds the other's
 * mistakes. Source: Signature Version 4, "Authenticating Requests: Using Query Parameters".
 */
import { hmacSha256, hmacSha256Under, sha256Hex } from '#hash';
import { toCanonicalRequest } from './canonical-request.ts';
import { parseRawUrl } from './raw-url.ts';
import { readSignedParameters, type SignedParameters } from './signed-parameters.ts';

/** How far a signature may be dated ahead of the verifier's clock, as stores do. */
const maxAheadMs = 15 * 60_000;
/** Those of S3, the likeliest first. */
const methods = ['GET', 'PUT', 'HEAD', 'DELETE', 'POST'] as const;

/** A request as it came. @public */
export interface RequestToVerify {
  readonly method: string;
  readonly url: string;
  /** Without `host`, which the URL gives. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The keys of one access key id. @public */
export interface VerifyingKeys {
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Why a request is refused. @public */
export type VerifyReason =
  | 'malformed'
  | 'unknown-access-key'
  | 'session-token-mismatch'
  | 'header-missing'
  | 'unsigned-amz-header'
  | 'signature-mismatch'
  | 'not-yet-valid'
  | 'expired';

/** What the verifier says. @public */
export type Verification =
  | {
      readonly valid: true;
      readonly accessKeyId: string;
      readonly region: string;
      readonly service: string;
      /** Milliseconds since the epoch. */
      readonly signedAtMs: number;
      /** Milliseconds since the epoch: the first instant at which the URL no longer works. */
      readonly expiresAtMs: number;
      /** Lower-case names. */
      readonly signedHeaders: readonly string[];
    }
  | {
      readonly valid: false;
      readonly reason: VerifyReason;
      /** What would have been accepted; holds no signature and no token. */
      readonly detail: string;
      /** Of a `signature-mismatch`: the method with which the very same request would have been accepted. */
      readonly signedFor?: string;
    };

/**
 * Whether a request with a presigned URL would be accepted. The signature is judged before the time, so that an
 * expired URL that was never signed is told as what it is.
 * @example
 * ```ts
 * verify({ method: 'GET', url }, (id) => (id === accessKeyId ? { secretAccessKey } : undefined), systemClock.now());
 * ```
 * @public
 */
export function verify(
  { method, url: text, headers = {} }: RequestToVerify,
  lookup: (accessKeyId: string) => VerifyingKeys | undefined,
  nowMs: number,
): Verification {
  const url = parseRawUrl(text);
  if (typeof url === 'string') return refuse('malformed', url);
  const parameters = readSignedParameters(url);
  if (typeof parameters === 'string') return refuse('malformed', parameters);
  const keys = lookup(parameters.accessKeyId);
  // Anybody can sign with an empty secret.
  if (keys === undefined || keys.secretAccessKey === '')
    return refuse('unknown-access-key', 'an access key that is known');
  if (!isSame(keys.sessionToken ?? '', parameters.sessionToken ?? '')) {
    return refuse('session-token-mismatch', "the session's own token, or none for long-term keys");
  }
  const sent = readHeaders(headers);
  if (sent === undefined) return refuse('malformed', 'every header once, without line breaks in its value');
  const refusal = checkHeaders(parameters.signedHeaders, sent);
  if (refusal !== undefined) return refusal;
  const isSignedFor = (used: string) => {
    const canonical = toCanonicalRequest({ method: used, url, headers: sent }, parameters.signedHeaders);
    return isSame(signatureOf(canonical, parameters, keys), parameters.signature);
  };
  if (isSignedFor(method)) return checkTime(parameters, nowMs);
  const signedFor = methods.find((other) => other !== method && isSignedFor(other));
  return signedFor === undefined
    ? refuse('signature-mismatch', 'the signature of this very request')
    : { ...refuse('signature-mismatch', `${signedFor}, for which the URL is signed`), signedFor };
}

/** Lower-case names; nothing when one reader would see other values than another. */
function readHeaders(headers: Readonly<Record<string, string>>): ReadonlyMap<string, string> | undefined {
  const sent = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (sent.has(lower) || /[\r\n\0]/.test(value)) return undefined;
    sent.set(lower, value);
  }
  return sent;
}

function checkHeaders(
  signedHeaders: readonly string[],
  sent: ReadonlyMap<string, string>,
): Verification | undefined {
  const missing = signedHeaders.find((name) => name !== 'host' && !sent.has(name));
  if (missing !== undefined) return refuse('header-missing', `the header ${missing}, which is signed`);
  const unsigned = [...sent.keys()].find(
    (name) => name.startsWith('x-amz-') && !signedHeaders.includes(name),
  );
  return unsigned === undefined
    ? undefined
    : refuse('unsigned-amz-header', `no ${unsigned}, which is not signed`);
}

function signatureOf(
  canonicalRequest: string,
  { day, region, service, dateTime }: SignedParameters,
  { secretAccessKey }: VerifyingKeys,
): string {
  const scope = `${day}/${region}/${service}/aws4_request`;
  const stringToSign = `AWS4-HMAC-SHA256\n${dateTime}\n${scope}\n${sha256Hex(canonicalRequest)}`;
  const key = [region, service, 'aws4_request'].reduce(
    (previous, part) => hmacSha256(previous, part),
    hmacSha256(`AWS4${secretAccessKey}`, day),
  );
  return hmacSha256Under(key)(stringToSign);
}

function checkTime(
  { signedAtMs, lifetimeSeconds, accessKeyId, region, service, signedHeaders }: SignedParameters,
  nowMs: number,
): Verification {
  const expiresAtMs = signedAtMs + lifetimeSeconds * 1000;
  // Asked this way round, a clock that says NaN refuses.
  const hasBegun = signedAtMs <= nowMs + maxAheadMs;
  if (!hasBegun) return refuse('not-yet-valid', 'a signature dated at most 15 minutes ahead');
  const isRunning = nowMs < expiresAtMs;
  if (!isRunning) return refuse('expired', 'a URL that has not ended');
  return { valid: true, accessKeyId, region, service, signedAtMs, expiresAtMs, signedHeaders };
}

function refuse(reason: VerifyReason, detail: string) {
  return { valid: false as const, reason, detail: `expected ${detail}` };
}

/** Takes the same time wherever two texts of one length differ. */
function isSame(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index += 1) {
    difference |= a.charCodeAt(index) ^ b.charCodeAt(index % Math.max(1, b.length));
  }
  return difference === 0;
}
