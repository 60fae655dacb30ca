import { awsPartitionOf } from '../store/aws-partition.ts';

/** Which STS is asked; operators name it, never the environment. */
export interface StsPlace {
  /** @default us-east-1 */
  readonly region?: string | undefined;
  /** For an STS that is not AWS's own. @default the region's */
  readonly stsEndpoint?: string | undefined;
}

/** Always named, so that no variable of the environment sends the token elsewhere. */
export function stsPlace({ region = 'us-east-1', stsEndpoint }: StsPlace): {
  readonly region: string;
  readonly endpoint: string;
} {
  const suffix = awsPartitionOf(region)?.dnsSuffix ?? 'amazonaws.com';
  return { region, endpoint: stsEndpoint ?? `https://sts.${region}.${suffix}` };
}
