import { ValetkeyError } from '../errors.ts';
import { parseBucket } from '../grammar/bucket.ts';
import { parseKey, type KeyRules } from '../grammar/key.ts';
import { parseLifetimeSeconds } from '../grammar/lifetime.ts';
import { methods, type Method } from '../grammar/method.ts';
import { quote } from '../grammar/quote.ts';
import { parseRegion } from '../grammar/region.ts';
import { checkCredentials } from './check-credentials.ts';
import { checkHeaders, checkQuery, checkVersionId } from './check-parameters.ts';
import type { SigningCredentials } from './credentials.ts';
import type { Addressing } from './object-address.ts';
import { presignObject, type SigningTime } from './presign-object.ts';
import type { PresignedUrl } from './presigned-url.ts';

/** What most GET URLs have of headers and parameters. */
const none: Readonly<Record<string, string>> = Object.freeze({});
const knownFields = new Set([
  'method',
  'endpoint',
  'addressing',
  'region',
  'bucket',
  'key',
  'keyRules',
  'expiresInSeconds',
  'versionId',
  'headers',
  'query',
]);

/**
 * One object, one method, a limited time.
 * @public
 */
export interface PresignRequest {
  readonly method: Method;
  /** Base URL of the store: `https://s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  /** @default 'by-bucket' */
  readonly addressing?: Addressing;
  readonly region: string;
  readonly bucket: string;
  readonly key: string;
  /** @default strict */
  readonly keyRules?: KeyRules;
  /** Seconds, 1…604800. The credentials' expiry may trim it. */
  readonly expiresInSeconds: number;
  /** Pins a version; without it the URL serves whatever is current. */
  readonly versionId?: string;
  /** Lower-case names; signed, and returned as `requiredHeaders`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Signed query parameters such as `response-content-disposition`. */
  readonly query?: Readonly<Record<string, string>>;
}

/**
 * A presigned URL for credentials' owners, without a policy. Synchronous everywhere.
 * Source: Signature Version 4, "Authenticating Requests: Using Query Parameters".
 * @throws ValetkeyError `invalid-bucket`, `invalid-key`, `invalid-lifetime`, `invalid-metadata`, `unknown-field`,
 * `method-not-allowed`, `invalid-configuration`, `credentials-unavailable`, `credentials-expired`
 * @example
 * ```ts
 * const url = presign(
 *   { method: 'GET', endpoint: 'https://s3.eu-central-1.amazonaws.com', region: 'eu-central-1',
 *     bucket: 'models', key: 'vision/v3/weights.bin', expiresInSeconds: 3600 },
 *   { accessKeyId, secretAccessKey },
 *   { nowMs: systemClock.now() },
 * );
 * fetch(url.reveal());
 * ```
 * @public
 */
export function presign(
  request: PresignRequest,
  credentials: SigningCredentials,
  time: SigningTime,
): PresignedUrl {
  checkFields(request);
  checkCredentials(credentials);
  const { headers = none, query = none } = request;
  if (headers !== none) checkHeaders(headers);
  if (query !== none) checkQuery(query);
  checkVersionId(request.versionId);
  return presignObject(
    {
      method: request.method,
      endpoint: request.endpoint,
      addressing: request.addressing ?? 'by-bucket',
      region: parseRegion(request.region, 'region'),
      bucket: parseBucket(request.bucket, 'bucket'),
      key: parseKey(request.key, 'key', request.keyRules),
      versionId: request.versionId,
      headers,
      query,
      lifetime: {
        askedSeconds: parseLifetimeSeconds(request.expiresInSeconds, 'expiresInSeconds'),
        askedBy: 'asked',
        credentialsExpireAtMs: credentials.expiresAtMs,
      },
    },
    credentials,
    time,
  );
}

function checkFields(request: PresignRequest): void {
  // No list of names is made: this runs for every URL.
  for (const name in request) {
    if (!knownFields.has(name)) {
      throw new ValetkeyError('unknown-field', { field: quote(name), expected: [...knownFields].join(', ') });
    }
  }
  if (!methods.includes(request.method)) {
    throw new ValetkeyError('method-not-allowed', {
      field: 'method',
      expected: methods.join(', '),
      got: quote(request.method),
    });
  }
}
