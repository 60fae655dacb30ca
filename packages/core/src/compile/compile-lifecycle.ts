import { ValetkeyError } from '../errors.ts';
import { quote } from '../grammar/quote.ts';
import type { Policy } from '../policy/policy.ts';

/** As `put-bucket-lifecycle-configuration` takes it. @public */
export interface LifecycleConfiguration {
  readonly Rules: readonly {
    readonly ID: string;
    readonly Status: 'Enabled';
    readonly Filter: { readonly Prefix: string };
    readonly AbortIncompleteMultipartUpload: { readonly DaysAfterInitiation: number };
  }[];
}

const daySeconds = 24 * 3600;

/**
 * What a bucket has to be told so that parts of uploads that nobody goes on with are removed: in whole days, and never
 * before the longest session (`upload.session`) of the policies that allow uploads there has ended.
 * Source: Amazon S3 API reference, PutBucketLifecycleConfiguration.
 * @throws ValetkeyError `invalid-configuration` for a bucket that no policy allows uploads to
 * @public
 */
export function compileLifecycle(
  policies: readonly Policy[],
  { bucket }: { readonly bucket: string },
): LifecycleConfiguration {
  const sessions = policies
    .filter(({ buckets, actions }) => actions.includes('upload') && buckets.some((name) => name === bucket))
    .map(({ upload }) => upload.sessionSeconds);
  if (sessions.length === 0) {
    throw new ValetkeyError('invalid-configuration', {
      field: 'bucket',
      expected: 'a bucket that a policy allows uploads to',
      got: quote(bucket),
    });
  }
  return {
    Rules: [
      {
        ID: 'valetkey-unfinished-uploads',
        Status: 'Enabled',
        Filter: { Prefix: '' },
        AbortIncompleteMultipartUpload: {
          DaysAfterInitiation: Math.ceil(Math.max(...sessions) / daySeconds),
        },
      },
    ],
  };
}
