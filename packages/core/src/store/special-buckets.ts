import { ValetkeyError } from '../errors.ts';
import { parseBucket } from '../grammar/bucket.ts';
import { parseSpecialBucket, type SpecialBucket } from '../grammar/special-bucket.ts';
import type { StoreDescription } from './define-store.ts';
import { endpointVariants } from './endpoint-variant.ts';

/**
 * The special buckets of a store by the names that grants use.
 * @throws ValetkeyError `invalid-configuration`, `invalid-bucket`
 */
export function toSpecialBuckets(
  description: StoreDescription,
  region: string,
): ReadonlyMap<string, SpecialBucket> | undefined {
  const { name, profile, endpoint, publicEndpoint, specialBuckets } = description;
  if (specialBuckets === undefined) return undefined;
  const field = `stores.${name}.specialBuckets`;
  if (profile !== 'aws') throw refusal(field, 'the profile aws', `the profile ${profile}`);
  if (endpoint !== undefined || publicEndpoint !== undefined) {
    throw refusal(field, 'no endpoint beside them: they have hosts of their own', 'both');
  }
  const variant = endpointVariants.find((option) => description[option] === true);
  if (variant !== undefined) throw refusal(field, `no ${variant} beside them`, 'both');
  const entries = Object.entries(specialBuckets).map(([alias, place]) => {
    const special = parseSpecialBucket(place, `${field}.${alias}`);
    if (special.kind === 'access-point' && special.region !== region) {
      throw refusal(`${field}.${alias}`, `an access point in the store's region ${region}`, special.region);
    }
    return [parseBucket(alias, field), special] as const;
  });
  return new Map<string, SpecialBucket>(entries);
}

function refusal(field: string, expected: string, got: string): ValetkeyError {
  return new ValetkeyError('invalid-configuration', { field, expected, got });
}
