import { ValetkeyError } from '../errors.ts';
import { quote } from '../grammar/quote.ts';
import { awsPartitionOf } from './aws-partition.ts';
import type { EndpointVariant } from './endpoint-variant.ts';

/**
 * S3's own endpoint for a region: the host that the AWS SDK chooses for the same options.
 * Source: Amazon S3 User Guide, "Amazon S3 endpoints and quotas", "Making requests over IPv6", "Getting started
 * with Amazon S3 Transfer Acceleration".
 * @throws ValetkeyError `invalid-configuration` for what is no region, and for a variant that it does not have
 */
export function awsEndpoint(region: string, variant: EndpointVariant, field: string): string {
  const { useDualstackEndpoint = false, useFipsEndpoint = false, useAccelerateEndpoint = false } = variant;
  const partition = awsPartitionOf(region);
  if (partition === undefined) refuse(`${field}.region`, 'a region such as eu-central-1', region);
  if (useFipsEndpoint && !partition.fips)
    refuse(`${field}.useFipsEndpoint`, 'a region with FIPS endpoints', region);
  const dualstack = useDualstackEndpoint ? '.dualstack' : '';
  if (!useAccelerateEndpoint) {
    return `https://s3${useFipsEndpoint ? '-fips' : ''}${dualstack}.${region}.${partition.dnsSuffix}`;
  }
  if (!partition.accelerate) {
    refuse(`${field}.useAccelerateEndpoint`, 'a region with Transfer Acceleration', region);
  }
  if (useFipsEndpoint) {
    throw new ValetkeyError('invalid-configuration', {
      field: `${field}.useAccelerateEndpoint`,
      expected: 'either it or useFipsEndpoint, since S3 Transfer Acceleration has no FIPS endpoint',
      got: 'both',
    });
  }
  return `https://s3-accelerate${dualstack}.${partition.dnsSuffix}`;
}

function refuse(field: string, expected: string, region: string): never {
  throw new ValetkeyError('invalid-configuration', { field, expected, got: quote(region) });
}
