import { toEmptySecret, secretNameOf, type Finding, type ShareOutcome } from '@valetkey/share';
import type { CachedShare } from './share-caches.ts';
import type { ShareApi } from './share-api.ts';
import { writeSecret } from './write-secret.ts';

/**
 * Takes back what was published: the Secret stays, without data. Somebody else's Secret is never touched. Where the
 * write is refused, the URLs are still there and the withdrawal is tried again.
 * @throws KubeError
 */
export async function withdraw(
  api: ShareApi,
  share: CachedShare,
  finding: Finding,
): Promise<ShareOutcome | 'superseded'> {
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
