import { systemClock, type Clock } from '../clock.ts';
import { ValetkeyError } from '../errors.ts';
import type { Grant } from '../grant/grant.ts';
import { presign } from '../grant/presign.ts';
import type { PresignedUrl } from '../signing/presigned-url.ts';
import { awsTransport, type AwsTransport } from './aws-transport.ts';
import { cloudfrontKeyProvider } from './cloudfront/cloudfront-key.ts';
import { presignCloudfront } from './cloudfront/presign-cloudfront.ts';
import type { ConfiguredStore } from './configuration.ts';
import { credentialProvider } from './credential-provider.ts';
import type { SpecialBucketSigning } from './special-bucket/special-bucket-signer.ts';

/**
 * Signs grants for one store.
 * @public
 */
export type GrantSigner = (grant: Grant) => Promise<PresignedUrl>;

/**
 * How grants are signed for a store of the configuration, whatever its profile and bucket: as a presigned S3
 * request, through an access point or a directory bucket's session, or by CloudFront. Keys are fetched as {@link credentialProvider} does.
 * @throws (the signer) ValetkeyError as `presign` and {@link presignCloudfront}; `store-unavailable` when a directory
 * bucket gives no session
 * @example
 * ```ts
 * const sign = grantSigner(configuration.stores.get('media'), process.env);
 * const url = await sign(grant);
 * ```
 * @public
 */
export function grantSigner(
  { store, credentials }: ConfiguredStore,
  environment: Readonly<Record<string, string | undefined>>,
  clock: Clock = systemClock,
  transport: AwsTransport = awsTransport,
): GrantSigner {
  if (store.profile.signing === 'cloudfront') {
    if (credentials.cloudfrontKey === undefined) throw noKey(store.name);
    const key = cloudfrontKeyProvider(credentials.cloudfrontKey);
    return async (grant) => presignCloudfront(grant, await key(), { store, nowMs: clock.now() });
  }
  const provide = credentialProvider(credentials, environment, clock, transport);
  const plain: GrantSigner = async (grant) =>
    presign(grant, await provide(grant.lifetimeSeconds), { store, nowMs: clock.now() });
  if (store.specialBuckets === undefined) return plain;
  const { specialBuckets } = store;
  let special: Promise<GrantSigner> | undefined;
  return async (grant) => {
    if (!specialBuckets.has(grant.bucket)) return plain(grant);
    special ??= loadSpecialBucketSigner({ store, provide, clock, transport });
    return (await special)(grant);
  };
}

/** The AWS SDK for S3 takes long to load, and few stores need it. */
async function loadSpecialBucketSigner(signing: SpecialBucketSigning): Promise<GrantSigner> {
  const { specialBucketSigner } = await import('./special-bucket/special-bucket-signer.ts');
  return specialBucketSigner(signing);
}

function noKey(store: string): ValetkeyError {
  return new ValetkeyError('credentials-unavailable', {
    field: `stores.${store}.credentials`,
    expected: 'cloudfrontKey, because the profile is cloudfront',
    got: 'another kind',
  });
}
