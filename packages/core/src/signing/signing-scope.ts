/**
 * What every URL of one credential, day, region and service has in common: the derived key and the encoded
 * query parts. Deriving takes four HMACs, so it is kept.
 */
import { hmacSha256, hmacSha256Under } from '#hash';
import type { SigningCredentials } from './credentials.ts';
import { uriEncode } from './uri-encode.ts';

/** One entry per credential and day; a rotating fleet of short sessions must not grow without bound. */
const keptScopes = 256;

export interface SigningScope {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  /** `20261123/eu-central-1/s3/aws4_request` */
  readonly scope: string;
  /** Hexadecimal signature of a string to sign. */
  readonly sign: (stringToSign: string) => string;
  readonly credentialParameter: string;
  /** With the `&` before it; empty without a session token. */
  readonly tokenParameter: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

const kept = new Map<string, SigningScope>();
/** Many URLs are signed under one. It is the last of those kept, so it needs no new place among them. */
let latest: SigningScope | undefined;

/**
 * The derived signing key and what goes with it. Source: Signature Version 4, "Derive a signing key".
 */
export function signingScope(
  credentials: SigningCredentials,
  date: string,
  region: string,
  service: string,
): SigningScope {
  if (latest !== undefined && isFor(latest, date, region, service) && isOf(latest, credentials))
    return latest;
  latest = keptOrDerived(credentials, date, region, service);
  return latest;
}

function keptOrDerived(
  credentials: SigningCredentials,
  date: string,
  region: string,
  service: string,
): SigningScope {
  const id = `${credentials.accessKeyId}/${date}/${region}/${service}`;
  const known = kept.get(id);
  if (known !== undefined && isOf(known, credentials)) {
    // Keeps the order of use, so that the least recently used one is dropped.
    if (kept.size > 1) kept.delete(id);
    kept.set(id, known);
    return known;
  }
  kept.delete(id);
  const derived = deriveScope(credentials, date, region, service);
  kept.set(id, derived);
  if (kept.size > keptScopes) dropOldest();
  return derived;
}

function isFor(scope: SigningScope, date: string, region: string, service: string): boolean {
  return scope.date === date && scope.region === region && scope.service === service;
}

function isOf(scope: SigningScope, credentials: SigningCredentials): boolean {
  return (
    scope.accessKeyId === credentials.accessKeyId &&
    scope.secretAccessKey === credentials.secretAccessKey &&
    scope.sessionToken === credentials.sessionToken
  );
}

function deriveScope(
  credentials: SigningCredentials,
  date: string,
  region: string,
  service: string,
): SigningScope {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const scope = `${date}/${region}/${service}/aws4_request`;
  const dateKey = hmacSha256(`AWS4${secretAccessKey}`, date);
  const regionKey = hmacSha256(dateKey, region);
  const serviceKey = hmacSha256(regionKey, service);
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken,
    scope,
    sign: hmacSha256Under(hmacSha256(serviceKey, 'aws4_request')),
    credentialParameter: `X-Amz-Credential=${uriEncode(`${accessKeyId}/${scope}`)}`,
    tokenParameter: sessionToken === undefined ? '' : `&X-Amz-Security-Token=${uriEncode(sessionToken)}`,
    date,
    region,
    service,
  };
}

function dropOldest(): void {
  for (const id of kept.keys()) {
    kept.delete(id);
    return;
  }
}
