import { secretNameOf, type Share } from './v1alpha1/share.ts';

/** Which Secret a Share keeps: `vision/weights-urls`. @public */
export function secretKeyOf(share: Share): string {
  return `${share.metadata.namespace ?? ''}/${secretNameOf(share)}`;
}

/**
 * Of several Shares on one Secret name the one that has made it keeps it, since nobody else could write it; before
 * that the oldest has it, then the one with the smaller uid. See docs/adr/0008-a-secret-keeps-its-share.md.
 * @public
 */
export function hasBetterClaim(share: Share, other: Share): boolean {
  return claimOf(share) < claimOf(other);
}

/** The name of the Share with the best claim on the Secret of another one; none where that one has it itself. */
export function rivalOf(share: Share, shares: readonly Share[]): string | undefined {
  // What no API server has stored has no age and no claim yet.
  if (share.metadata.uid === undefined) return undefined;
  const [first] = shares
    .filter(
      (other) =>
        other.metadata.uid !== undefined &&
        other.metadata.deletionTimestamp === undefined &&
        secretKeyOf(other) === secretKeyOf(share),
    )
    .toSorted((a, b) => (hasBetterClaim(a, b) ? -1 : 1));
  return first === undefined || first.metadata.uid === share.metadata.uid ? undefined : first.metadata.name;
}

/** Whether the status of a Share says that it has made the Secret that it names. @public */
export function hasMadeSecret(share: Share): boolean {
  return share.status?.secretRef?.name === secretNameOf(share);
}

function claimOf(share: Share): string {
  const { creationTimestamp, uid } = share.metadata;
  return `${hasMadeSecret(share) ? 0 : 1} ${creationTimestamp ?? ''} ${uid ?? ''}`;
}
