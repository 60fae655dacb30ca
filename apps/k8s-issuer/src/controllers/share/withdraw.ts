import { toEmptySecret, secretNameOf, type Finding } from '@valetkey/share';
import { toFailure, type VisitEnd } from './busy.ts';
import type { CachedShare } from './share-caches.ts';
import type { ShareApi } from './share-api.ts';
import type { ShareMemory } from './share-memory.ts';
import { writeSecret } from './write-secret.ts';

/** What withdrawing needs. */
export interface WithdrawOptions {
  readonly api: ShareApi;
  readonly memory: ShareMemory;
  /** Whether all that decisions rest on is known as it is now. */
  readonly isCurrent: () => boolean;
}

/**
 * Takes back what was published: the Secret stays, without data. Somebody else's Secret is never touched. Where the
 * write is refused, the URLs are still there and the withdrawal is tried again.
 * @throws KubeError
 */
export async function withdraw(
  key: string,
  { api, memory, isCurrent }: WithdrawOptions,
  share: CachedShare,
  finding: Finding,
): Promise<VisitEnd> {
  // Even an end time may have been moved since.
  if (!isCurrent()) return 'postponed';
  const { secretRef, expirationTime } = share.status ?? {};
  const told = expirationTime === undefined ? undefined : secretRef?.name;
  const held = memory.filledOf(key, share) ?? told;
  if (held === undefined)
    return { kind: 'denied', finding, ...(secretRef === undefined ? {} : { secretRef }) };
  const name = share.kind === 'Share' ? secretNameOf(share) : held;
  const outcome = await writeSecret(api, share, toEmptySecret(share, name));
  switch (outcome.kind) {
    case 'superseded':
      return 'superseded';
    case 'refused':
      if (told === undefined && outcome.finding.reason === 'SecretConflict') {
        // Then nothing of ours got in.
        memory.checked(key, share);
        return { kind: 'denied', finding };
      }
      return toFailure(outcome, { denial: finding });
    case 'written':
      memory.checked(key, share);
      return { kind: 'denied', finding, secretRef: outcome.secretRef };
  }
}
