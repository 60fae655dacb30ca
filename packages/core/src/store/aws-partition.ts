/**
 * Where AWS's regions are. Source: `partitions.json` of the AWS SDKs, and the S3 endpoint rule set for what a
 * partition has not.
 */
interface AwsPartitionHosts {
  readonly regions: RegExp;
  readonly dnsSuffix: string;
  readonly fips: boolean;
  readonly accelerate: boolean;
}

const isolated = { fips: true, accelerate: false } as const;
/** Where new regions appear, so a region that no other partition knows is taken for one of it. */
const commercial: AwsPartitionHosts = {
  regions: /^[a-z]{2}-[a-z]+-\d+$/,
  dnsSuffix: 'amazonaws.com',
  fips: true,
  accelerate: true,
};
const others: readonly AwsPartitionHosts[] = [
  { regions: /^cn-[a-z]+-\d+$/, dnsSuffix: 'amazonaws.com.cn', fips: false, accelerate: false },
  { regions: /^us-gov-[a-z]+-\d+$/, dnsSuffix: 'amazonaws.com', ...isolated },
  { regions: /^eusc-de-[a-z]+-\d+$/, dnsSuffix: 'amazonaws.eu', ...isolated },
  { regions: /^us-iso-[a-z]+-\d+$/, dnsSuffix: 'c2s.ic.gov', ...isolated },
  { regions: /^us-isob-[a-z]+-\d+$/, dnsSuffix: 'sc2s.sgov.gov', ...isolated },
  { regions: /^eu-isoe-[a-z]+-\d+$/, dnsSuffix: 'cloud.adc-e.uk', ...isolated },
  { regions: /^us-isof-[a-z]+-\d+$/, dnsSuffix: 'csp.hci.ic.gov', ...isolated },
];

/** The hosts of a region's partition; nothing for what is no region: `aws-global`, `fips-us-east-1`. */
export function awsPartitionOf(region: string): AwsPartitionHosts | undefined {
  return [...others, commercial].find(({ regions }) => regions.test(region));
}
