import { awsPartitionOf } from '../store/aws-partition.ts';
import { awsPlainPlace } from './aws-transport.ts';

/** Which STS is asked; operators name it, never the environment. */
export interface StsPlace {
  /** @default us-east-1 */
  readonly region?: string | undefined;
  /** For an STS that is not AWS's own. @default the region's */
  readonly stsEndpoint?: string | undefined;
}

/** Always named, so that no variable of the environment sends the token elsewhere. */
export function stsPlace({ region = 'us-east-1', stsEndpoint }: StsPlace) {
  const suffix = awsPartitionOf(region)?.dnsSuffix ?? 'amazonaws.com';
  return { ...awsPlainPlace, region, endpoint: stsEndpoint ?? `https://sts.${region}.${suffix}` };
}
