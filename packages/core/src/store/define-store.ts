import { ValetkeyError } from '../errors.ts';
import type { BucketName } from '../grammar/brands.ts';
import { parseBucket } from '../grammar/bucket.ts';
import { parseEndpoint } from '../grammar/endpoint.ts';
import { quote } from '../grammar/quote.ts';
import { parseRegion } from '../grammar/region.ts';
import { endpointVariants, type EndpointVariant } from './endpoint-variant.ts';
import type { ProfileName, StoreProfile } from './profile.ts';
import { storeProfiles } from './profiles.ts';
import { toSpecialBuckets } from './special-buckets.ts';
import type { Store } from './store.ts';

/**
 * A store as people describe it.
 * @public
 */
export interface StoreDescription extends EndpointVariant {
  readonly name: string;
  readonly profile: ProfileName;
  /** @default the profile's, where it has one */
  readonly region?: string | undefined;
  /** @default the region's, where the profile knows it */
  readonly endpoint?: string | undefined;
  /** @default the accelerate endpoint where it is used, otherwise endpoint */
  readonly publicEndpoint?: string | undefined;
  /** @default by profile and bucket name */
  readonly addressing?: 'virtual' | 'path' | undefined;
  /** Seconds. */
  readonly maxLifetimeSeconds?: number | undefined;
  /** The bucket behind a CloudFront distribution; for the profile `cloudfront` only, and needed there. */
  readonly bucket?: string | undefined;
  /**
   * Access points and multi-region access points (ARNs) and directory buckets, by the name that policies and grants
   * use for them; for the profile `aws` at AWS's own endpoints only.
   */
  readonly specialBuckets?: Readonly<Record<string, string>> | undefined;
}

/**
 * A store with every default filled in from its profile. With `useAccelerateEndpoint` the URLs lead to the
 * accelerate endpoint; the calls that a service makes itself stay in the region.
 * @throws ValetkeyError `invalid-configuration` when region or endpoint is missing and the profile knows none,
 * or when an endpoint and a variant of AWS's contradict each other
 * @example
 * ```ts
 * const store = defineStore({ name: 'media', profile: 'aws', region: 'eu-central-1' });
 * ```
 * @public
 */
export function defineStore(description: StoreDescription): Store {
  const { name, maxLifetimeSeconds } = description;
  const profile = storeProfiles[description.profile];
  const field = `stores.${name}`;
  checkVariants(description);
  const region = parseRegion(
    description.region ?? profile.defaultRegion ?? fail(description, 'region', profile),
    `${field}.region`,
  );
  const { useDualstackEndpoint, useFipsEndpoint, useAccelerateEndpoint } = description;
  const variant = { useDualstackEndpoint, useFipsEndpoint };
  const regional = () => profile.endpoint?.(region, variant, field);
  const accelerated =
    useAccelerateEndpoint === true
      ? profile.endpoint?.(region, { ...variant, useAccelerateEndpoint }, field)
      : undefined;
  const endpoint = toBaseUrl(
    description.endpoint ?? regional() ?? fail(description, 'endpoint', profile),
    `${field}.endpoint`,
  );
  const bucket = toServedBucket(description, profile);
  const specialBuckets = toSpecialBuckets(description, region);
  return {
    name,
    profile,
    region,
    endpoint,
    publicEndpoint: toBaseUrl(
      description.publicEndpoint ?? accelerated ?? endpoint,
      `${field}.publicEndpoint`,
    ),
    addressing: description.addressing ?? profile.addressing,
    ...(maxLifetimeSeconds === undefined ? {} : { maxLifetimeSeconds }),
    ...(bucket === undefined ? {} : { bucket }),
    ...(specialBuckets === undefined ? {} : { specialBuckets }),
  };
}

/** A variant is one of AWS's own hosts, so it leaves no room for another. */
function checkVariants(description: StoreDescription): void {
  const { name, profile, endpoint, publicEndpoint, addressing, useAccelerateEndpoint = false } = description;
  const variant = endpointVariants.find((option) => description[option] === true);
  if (variant === undefined) return;
  const refuse = (expected: string, got: string): never => {
    throw new ValetkeyError('invalid-configuration', { field: `stores.${name}.${variant}`, expected, got });
  };
  if (profile !== 'aws') refuse('the profile aws', `the profile ${profile}`);
  if (endpoint !== undefined) refuse('no endpoint beside it', 'both');
  if (useAccelerateEndpoint && publicEndpoint !== undefined) refuse('no publicEndpoint beside it', 'both');
  if (useAccelerateEndpoint && addressing === 'path') refuse('virtual addressing', 'path');
}

function toServedBucket({ name, bucket }: StoreDescription, profile: StoreProfile): BucketName | undefined {
  const field = `stores.${name}.bucket`;
  if ((profile.signing === 'cloudfront') === (bucket !== undefined)) {
    return bucket === undefined ? undefined : parseBucket(bucket, field);
  }
  throw new ValetkeyError('invalid-configuration', {
    field,
    expected:
      bucket === undefined
        ? 'the bucket that the distribution serves'
        : 'none: only a CloudFront distribution serves one bucket',
    got: bucket === undefined ? 'none' : quote(bucket),
  });
}

function toBaseUrl(input: string, field: string): string {
  const { scheme, hostname, port, basePath } = parseEndpoint(input, field);
  return `${scheme}://${hostname}${port}${basePath}`;
}

function fail({ name }: StoreDescription, field: 'region' | 'endpoint', profile: StoreProfile): never {
  throw new ValetkeyError('invalid-configuration', {
    field: `stores.${name}.${field}`,
    expected: field === 'region' ? 'a region such as eu-central-1' : 'a base URL',
    got: `none, and the profile ${profile.name} has no default`,
  });
}
