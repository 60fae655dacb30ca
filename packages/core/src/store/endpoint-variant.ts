/**
 * Which of AWS's endpoints of one region is meant. The names are those of the AWS SDK's client options.
 * @public
 */
export interface EndpointVariant {
  /** IPv6 beside IPv4. @default false */
  readonly useDualstackEndpoint?: boolean | undefined;
  /** Cryptography validated by FIPS 140. @default false */
  readonly useFipsEndpoint?: boolean | undefined;
  /** Transfer Acceleration: URLs lead to the nearest edge location; no bucket with dots. @default false */
  readonly useAccelerateEndpoint?: boolean | undefined;
}

/** Names of the variants, in the order in which they are told of. */
export const endpointVariants = [
  'useDualstackEndpoint',
  'useFipsEndpoint',
  'useAccelerateEndpoint',
] as const satisfies readonly (keyof EndpointVariant)[];
