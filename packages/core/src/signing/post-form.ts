/**
 * Browser uploads by form: a signed policy instead of a signed URL, so that the size may vary within bounds.
 * Source: Amazon S3 API reference, "Browser-Based Uploads Using POST (AWS Signature Version 4)".
 */
import { ValetkeyError } from '../errors.ts';
import { toBase64, utf8Bytes } from '../grammar/base64.ts';
import { parseBucket } from '../grammar/bucket.ts';
import { parseEndpoint } from '../grammar/endpoint.ts';
import { parseKey, type KeyRules } from '../grammar/key.ts';
import { parseLifetimeSeconds } from '../grammar/lifetime.ts';
import { quote } from '../grammar/quote.ts';
import { parseRegion } from '../grammar/region.ts';
import { formatInstant, toAmzDate } from '../instant.ts';
import { checkCredentials } from './check-credentials.ts';
import type { SigningCredentials } from './credentials.ts';
import { effectiveLifetime } from './effective-lifetime.ts';
import { toObjectAddress, type Addressing } from './object-address.ts';
import { contentFields, sizeRange, typePrefix, type PostFormCondition } from './post-form-conditions.ts';
import type { SigningTime } from './presign-object.ts';
import { SignedPostForm } from './signed-post-form.ts';
import { signingScope } from './signing-scope.ts';

/** What a form may upload: one key, a type, a size within bounds. @public */
export interface PostFormRequest {
  /** Base URL of the store. */
  readonly endpoint: string;
  /** @default 'by-bucket' */
  readonly addressing?: Addressing | undefined;
  readonly region: string;
  readonly bucket: string;
  readonly key: string;
  /** @default strict */
  readonly keyRules?: KeyRules | undefined;
  /** Seconds, 1…604800. The credentials' expiry may trim it. */
  readonly expiresInSeconds: number;
  /** Bytes of the smallest file. @default 0 */
  readonly minBytes?: number | undefined;
  /** Bytes of the largest file; a form without a bound would take anything. */
  readonly maxBytes: number;
  /**
   * The type that the form must carry, or how it must begin (`{ startsWith: 'image/' }`, then the client adds the
   * field `Content-Type`). @default none that the client may name
   */
  readonly contentType?: string | { readonly startsWith: string } | undefined;
  readonly cacheControl?: string | undefined;
  readonly contentDisposition?: string | undefined;
  /** What the store answers on success. @default 204 */
  readonly successStatus?: 200 | 201 | 204 | undefined;
  /** Names without `x-amz-meta-`. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

const knownFields = new Set([
  'endpoint',
  'addressing',
  'region',
  'bucket',
  'key',
  'keyRules',
  'expiresInSeconds',
  'minBytes',
  'maxBytes',
  'contentType',
  'cacheControl',
  'contentDisposition',
  'successStatus',
  'metadata',
]);

/**
 * A form for one key, for credentials' owners, without a policy of ours. Always bounded by
 * `content-length-range`.
 * @throws ValetkeyError `invalid-bucket`, `invalid-key`, `invalid-lifetime`, `invalid-metadata`, `size-not-bounded`,
 * `unknown-field`, `invalid-configuration`, `credentials-unavailable`, `credentials-expired`
 * @example
 * ```ts
 * const form = postForm(
 *   { endpoint: 'https://s3.eu-central-1.amazonaws.com', region: 'eu-central-1', bucket: 'media',
 *     key: 'in/photo.png', contentType: 'image/png', maxBytes: 5_000_000, expiresInSeconds: 600 },
 *   { accessKeyId, secretAccessKey },
 *   { nowMs: systemClock.now() },
 * );
 * ```
 * @public
 */
export function postForm(
  request: PostFormRequest,
  credentials: SigningCredentials,
  { nowMs }: SigningTime,
): SignedPostForm {
  const unknown = Object.keys(request).find((name) => !knownFields.has(name));
  if (unknown !== undefined) {
    throw new ValetkeyError('unknown-field', {
      field: quote(unknown),
      expected: [...knownFields].join(', '),
    });
  }
  checkCredentials(credentials);
  const bucket = parseBucket(request.bucket, 'bucket');
  const key = parseFormKey(request);
  const lifetime = effectiveLifetime(
    {
      askedSeconds: parseLifetimeSeconds(request.expiresInSeconds, 'expiresInSeconds'),
      askedBy: 'asked',
      credentialsExpireAtMs: credentials.expiresAtMs,
    },
    nowMs,
  );
  const expiresAtMs = (Math.floor(nowMs / 1000) + lifetime.seconds) * 1000;
  const { dateTime, date } = toAmzDate(nowMs);
  const scope = signingScope(credentials, date, parseRegion(request.region, 'region'), 's3');
  const signed = {
    key,
    ...contentFields(request),
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': `${credentials.accessKeyId}/${scope.scope}`,
    'x-amz-date': dateTime,
    ...(credentials.sessionToken === undefined ? {} : { 'x-amz-security-token': credentials.sessionToken }),
  };
  const conditions: readonly PostFormCondition[] = [
    { bucket },
    sizeRange(request),
    ...typePrefix(request),
    ...Object.entries(signed).map(([name, value]) => ({ [name]: value })),
  ];
  const policy = encodePolicy({ expiration: formatInstant(expiresAtMs), conditions });
  const address = toObjectAddress(
    parseEndpoint(request.endpoint, 'endpoint'),
    request.addressing ?? 'by-bucket',
    bucket,
    '',
  );
  return new SignedPostForm({
    url: `${address.origin}${address.path.replace(/\/$/, '')}`,
    key,
    fields: { ...signed, policy, 'x-amz-signature': scope.sign(policy) },
    expiresAtMs,
    limitedBy: lifetime.limitedBy,
  });
}

/** A store would put the client's own file name in place of the variable, and so store another key. */
function parseFormKey({ key, keyRules }: PostFormRequest): string {
  const parsed = parseKey(key, 'key', keyRules);
  if (!parsed.includes('${filename}')) return parsed;
  throw new ValetkeyError('invalid-key', {
    field: 'key',
    expected: 'a key without ${filename}, which stores replace in forms',
    got: quote(key),
  });
}

function encodePolicy(policy: object): string {
  return toBase64(Array.from(JSON.stringify(policy), utf8Bytes).flat());
}
