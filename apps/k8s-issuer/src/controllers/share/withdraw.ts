import { toEmptySecret, secretNameOf, type Finding, type ShareOutcome } from '@valetkey/share';
import type { CachedShare } from './share-caches.ts';
import type { ShareApi } from './share-api.ts';
import { writeSecret } from './write-secret.ts';

/** What withdrawing needs. */
export interface WithdrawOptions {
  readonly api: ShareApi;
  /** Whether all that decisions rest on is known as it is now. */
  readonly isCurrent: () => boolean;
}

/**
 * Takes back what was published: the Secret stays, without data. Somebody else's Secret is never touched. Where the
 * write is refused, the URLs are still there and the withdrawal is tried again. `postponed`: what the finding rests on
 * may be behind.
 * @throws KubeError
 */
export async function withdraw(
  { api, isCurrent }: WithdrawOptions,
  share: CachedShare,
  finding: Finding,
): Promise<ShareOutcome | 'superseded' | 'postponed'> {
  // Even an end time may have been moved since.
  if (!isCurrent()) return 'postponed';
  const { status } = share;
  if (status?.secretRef === undefined) return { kind: 'denied', finding };
  if (status.expirationTime === undefined) return { kind: 'denied', finding, secretRef: status.secretRef };
  const name = share.kind === 'Share' ? secretNameOf(share) : status.secretRef.name;
  const outcome = await writeSecret(api, share, toEmptySecret(share, name));
  switch (outcome.kind) {
    case 'superseded':
      return 'superseded';
    case 'refused':
      return { ...outcome, kind: 'failed', denial: finding };
    case 'written':
      return { kind: 'denied', finding, secretRef: outcome.secretRef };
  }
}
