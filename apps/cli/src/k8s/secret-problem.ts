/** Why a Share that is admitted may yet not have its Secret: what files and a status tell of it, without reading one. */
import { secretNameOf, type Share, type ShareInputs } from '@valetkey/share';
import { z } from 'zod';

/** As much of a Secret as says whose it is. */
const secretSchema = z.object({
  kind: z.literal('Secret'),
  metadata: z.object({
    name: z.string(),
    namespace: z.string().default('default'),
    ownerReferences: z.array(z.object({ kind: z.string() })).default([]),
  }),
});

/** In the words of a condition. */
export interface SecretProblem {
  readonly reason: string;
  readonly message: string;
}

/** Reasons that are about the Secret and not about what stands in it. */
const reasonsOfWriting = new Set([
  'SecretConflict',
  'SecretForbidden',
  'SecretTooLarge',
  'SecretWriteFailed',
  'Unguarded',
]);

/** What the issuer last said of the Secret; nothing when it is written, or the Share has changed since. */
export function problemInStatus({ metadata, status }: Share): SecretProblem | undefined {
  const synced = status?.conditions?.find(({ type }) => type === 'SecretSynced');
  if (synced?.status !== 'False' || !reasonsOfWriting.has(synced.reason)) return undefined;
  const isOld = synced.observedGeneration !== undefined && synced.observedGeneration !== metadata.generation;
  return isOld ? undefined : { reason: synced.reason, message: synced.message };
}

/** Another Share, or a Secret of somebody else, under the same name among the objects that would be applied. */
export function conflictAmong(
  { share, namespace }: ShareInputs,
  shares: readonly ShareInputs[],
  objects: readonly unknown[],
): SecretProblem | undefined {
  const secretName = secretNameOf(share);
  const foreign = objects.some((object) =>
    isForeignSecret(object, { secretName, namespace: namespace.name }),
  );
  if (foreign) {
    return conflict(
      `a Secret ${secretName} that the issuer has not made is left as it is; remove it, or choose another spec.target.secretName`,
    );
  }
  const rivals = shares
    .filter(({ share: other }) => other !== share && other.metadata.uid === undefined)
    .filter(
      ({ share: other, namespace: of }) => of.name === namespace.name && secretNameOf(other) === secretName,
    )
    .map(({ share: other }) => other.metadata.name);
  // The age of stored Shares decides, and the decision says so.
  if (rivals.length === 0 || share.metadata.uid !== undefined) return undefined;
  return conflict(
    `the Share ${rivals.join(', ')} keeps the Secret ${secretName} too, and only one of them gets it; choose another spec.target.secretName`,
  );
}

function conflict(message: string): SecretProblem {
  return { reason: 'SecretConflict', message };
}

/** One without a Share as its owner. */
function isForeignSecret(object: unknown, wanted: { secretName: string; namespace: string }): boolean {
  const { data: secret } = secretSchema.safeParse(object);
  if (secret === undefined) return false;
  const { name, namespace, ownerReferences } = secret.metadata;
  if (name !== wanted.secretName || namespace !== wanted.namespace) return false;
  return ownerReferences.every(({ kind }) => kind !== 'Share');
}
