/** An IAM policy document as far as this package writes one. Source: IAM user guide, "Grammar of the IAM JSON policy language". */

/** Condition operators by name, then keys with their values. @public */
export type IamCondition = Readonly<
  Record<string, Readonly<Record<string, string | number | readonly string[]>>>
>;

/** @public */
export interface IamStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  /** In the policy of a bucket only. */
  readonly Principal?: '*';
  readonly Action: readonly string[] | 's3:*';
  readonly Resource: readonly string[];
  readonly Condition?: IamCondition;
}

/** @public */
export interface IamDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly IamStatement[];
}

/** Which AWS the ARNs are of. @public */
export type AwsPartition = 'aws' | 'aws-cn' | 'aws-us-gov';

/** `arn:aws:s3:::bucket` */
export function bucketArn(bucket: string, partition: AwsPartition): string {
  return `arn:${partition}:s3:::${bucket}`;
}
