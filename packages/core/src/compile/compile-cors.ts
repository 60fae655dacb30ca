import { ValetkeyError } from '../errors.ts';
import { quote } from '../grammar/quote.ts';
import type { Policy } from '../policy/policy.ts';

/** As `put-bucket-cors` takes it. @public */
export interface CorsConfiguration {
  readonly CORSRules: readonly {
    readonly AllowedOrigins: readonly string[];
    readonly AllowedMethods: readonly string[];
    readonly AllowedHeaders: readonly string[];
    readonly ExposeHeaders: readonly string[];
    readonly MaxAgeSeconds: number;
  }[];
}

const maxAgeSeconds = 3600;
/** Of an answer of S3 that a page may read: what was stored, and when to come back to a store that has too much to do. */
const exposed = ['ETag', 'Retry-After', 'x-amz-version-id'];
const signedOnUpload = ['content-type', 'if-none-match', 'x-amz-checksum-*', 'x-amz-meta-*'];

/**
 * What a bucket has to tell browsers so that pages of these origins can do what the policies allow, and no more.
 * Source: Amazon S3 API reference, PutBucketCors.
 * @throws ValetkeyError `invalid-configuration` for a wildcard or anything that is no origin
 * @public
 */
export function compileCors(
  policies: readonly Policy[],
  { bucket, origins }: { readonly bucket: string; readonly origins: readonly string[] },
): CorsConfiguration {
  const own = policies.filter(({ buckets }) => buckets.some((name) => name === bucket));
  const actions = new Set(own.flatMap((policy) => policy.actions));
  const headers = new Set(own.flatMap(({ upload }) => upload.headers));
  const methods = [
    ...(actions.has('download') ? ['GET', 'HEAD'] : []),
    ...(actions.has('upload') ? ['PUT'] : []),
  ];
  if (methods.length === 0) {
    throw new ValetkeyError('invalid-configuration', {
      field: 'bucket',
      expected: 'a bucket that a policy lets browsers use',
      got: quote(bucket),
    });
  }
  return {
    CORSRules: [
      {
        AllowedOrigins: origins.map(checkOrigin),
        AllowedMethods: methods,
        AllowedHeaders: actions.has('upload') ? [...signedOnUpload, ...headers].sort() : [],
        ExposeHeaders: exposed,
        MaxAgeSeconds: maxAgeSeconds,
      },
    ],
  };
}

function checkOrigin(origin: string): string {
  if (/^https?:\/\/[a-z0-9.-]+(?::\d{1,5})?$/.test(origin)) return origin;
  throw new ValetkeyError('invalid-configuration', {
    field: 'origin',
    expected: 'an origin such as https://app.example.com; no wildcard, no path',
    got: quote(origin),
  });
}
