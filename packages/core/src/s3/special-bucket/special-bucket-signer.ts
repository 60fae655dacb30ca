import type { Clock } from '../../clock.ts';
import type { Grant } from '../../grant/grant.ts';
import type { PresignedUrl } from '../../signing/presigned-url.ts';
import type { Store } from '../../store/store.ts';
import type { AwsTransport } from '../aws-transport.ts';
import type { CredentialProvider } from '../cached-credentials.ts';
import { createDirectorySessions } from './directory-sessions.ts';
import { presignBySdk } from './presign-by-sdk.ts';
import { presignSigv4a } from './presign-sigv4a.ts';
import { toSpecialTerms } from './special-terms.ts';

/** What signs for the special buckets of one store. */
export interface SpecialBucketSigning {
  readonly store: Store;
  readonly provide: CredentialProvider;
  readonly clock: Clock;
  readonly transport: AwsTransport;
}

/**
 * Signs grants for access points, multi-region access points and directory buckets, under the same rules as
 * `presign`. URLs of a directory bucket end with its session, after five minutes at most.
 */
export function specialBucketSigner({
  store,
  provide,
  clock,
  transport,
}: SpecialBucketSigning): (grant: Grant) => Promise<PresignedUrl> {
  const sessions = createDirectorySessions({ region: store.region, provide, clock, transport });
  return async (grant) => {
    const { method, lifetimeSeconds } = grant;
    const special = store.specialBuckets?.get(grant.bucket);
    const isDirectorySession = special?.kind === 'directory';
    const credentials = isDirectorySession
      ? await sessions(special.bucket, method, lifetimeSeconds)
      : await provide(lifetimeSeconds);
    const terms = toSpecialTerms(grant, credentials, { store, nowMs: clock.now() });
    if (terms.special.kind === 'multi-region') return presignSigv4a(terms, terms.special.alias, credentials);
    const bucket = terms.special.kind === 'directory' ? terms.special.bucket : terms.special.arn;
    return presignBySdk(terms, bucket, { credentials, isDirectorySession, transport });
  };
}
