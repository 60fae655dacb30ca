import { parseBucket } from '../grammar/bucket.ts';
import { maxLifetimeSeconds } from '../grammar/lifetime.ts';
import type { Policy } from '../policy/policy.ts';
import { bucketArn, type AwsPartition, type IamDocument } from './iam-document.ts';

/** A signature may be dated back by as much. */
const backdateSeconds = 60;

/**
 * The policy of a bucket that nothing but fresh, encrypted requests passes that are signed with Version 4 or 4A, whoever signed them. Presigned
 * URLs older than the longest lifetime of any policy, with its cache window, are refused, even when somebody else signed them for longer.
 * Source: Amazon S3 user guide, "Amazon S3 Signature Version 4 authentication specific policy keys"; IAM user
 * guide, "IAM policy elements: Variables and tags".
 * @throws ValetkeyError `invalid-bucket`
 * @public
 */
export function compileBucketGuard(
  policies: readonly Policy[],
  { bucket, partition = 'aws' }: { readonly bucket: string; readonly partition?: AwsPartition },
): IamDocument {
  const arn = bucketArn(parseBucket(bucket, 'bucket'), partition);
  const lifetimes = policies
    .filter(({ buckets }) => buckets.some((name) => name === bucket))
    .map(({ lifetime, download }) => lifetime.maxSeconds + download.cacheWindowSeconds);
  const longest =
    lifetimes.length === 0 ? maxLifetimeSeconds : Math.min(Math.max(...lifetimes), maxLifetimeSeconds);
  const deny = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [arn, `${arn}/*`] } as const;
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'DenyWithoutTls', ...deny, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      {
        Sid: 'DenyOldPresignedUrls',
        ...deny,
        Condition: {
          StringEquals: { 's3:authType': 'REST-QUERY-STRING' },
          // Milliseconds.
          NumericGreaterThan: { 's3:signatureAge': (longest + backdateSeconds) * 1000 },
        },
      },
      // Version 2 by its name: what S3 calls the Version 4A of multi-region access points is nowhere written.
      {
        Sid: 'DenySignatureVersion2',
        ...deny,
        Condition: { StringEquals: { 's3:signatureversion': 'AWS' } },
      },
      { Sid: 'DenyUnsigned', ...deny, Condition: { StringEquals: { 'aws:PrincipalType': 'Anonymous' } } },
    ],
  };
}
