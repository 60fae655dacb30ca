import { ValetkeyError } from '../errors.ts';
import { parseEndpoint } from '../grammar/endpoint.ts';
import { parseRegion } from '../grammar/region.ts';
import type { ProfileName, StoreProfile } from './profile.ts';
import { storeProfiles } from './profiles.ts';
import type { Store } from './store.ts';

/**
 * A store as people describe it.
 * @public
 */
export interface StoreDescription {
  readonly name: string;
  readonly profile: ProfileName;
  /** @default the profile's, where it has one */
  readonly region?: string | undefined;
  /** @default the region's, where the profile knows it */
  readonly endpoint?: string | undefined;
  /** @default endpoint */
  readonly publicEndpoint?: string | undefined;
  /** @default by profile and bucket name */
  readonly addressing?: 'virtual' | 'path' | undefined;
  /** Seconds. */
  readonly maxLifetimeSeconds?: number | undefined;
}

/**
 * A store with every default filled in from its profile.
 * @throws ValetkeyError `invalid-configuration` when region or endpoint is missing and the profile knows none
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
  const region = parseRegion(
    description.region ?? profile.defaultRegion ?? fail(description, 'region', profile),
    `${field}.region`,
  );
  const endpoint = toBaseUrl(
    description.endpoint ?? profile.endpoint?.(region) ?? fail(description, 'endpoint', profile),
    `${field}.endpoint`,
  );
  return {
    name,
    profile,
    region,
    endpoint,
    publicEndpoint: toBaseUrl(description.publicEndpoint ?? endpoint, `${field}.publicEndpoint`),
    addressing: description.addressing ?? profile.addressing,
    ...(maxLifetimeSeconds === undefined ? {} : { maxLifetimeSeconds }),
  };
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
