import { shareStatusFields, type ShareHead, type ShareStatus } from '@valetkey/share';
import { KubeError } from '../../kube/kube-error.ts';
import { toMergePatch } from '../../kube/merge-patch.ts';
import type { ShareApi } from './share-api.ts';

/** A status that counts as none may have been forged with anything in any field, and all of it has to go. */
const unreadable = Object.fromEntries(shareStatusFields.map((name) => [name, null]));

/**
 * Writes the status if it differs from what the Share has. Fenced by the Share's resourceVersion: when the Share
 * has changed meanwhile but its secretRef has not, the write is repeated once over the new version.
 * @returns the Share's new resourceVersion, or undefined when nothing was written
 * @throws KubeError
 */
export async function writeStatus(
  api: Pick<ShareApi, 'readShare' | 'patchStatus'>,
  share: ShareHead,
  status: ShareStatus,
): Promise<string | undefined> {
  const patch = toMergePatch(share.status ?? unreadable, status);
  if (Object.keys(patch).length === 0) return undefined;
  const { namespace = '', name, resourceVersion = '' } = share.metadata;
  try {
    return (await api.patchStatus(namespace, name, resourceVersion, patch)).resourceVersion;
  } catch (error) {
    if (!(error instanceof KubeError) || error.status !== 409) throw error;
    const fresh = await api.readShare(namespace, name);
    const isOurs =
      fresh.metadata.uid === share.metadata.uid &&
      fresh.status?.secretRef?.resourceVersion === share.status?.secretRef?.resourceVersion;
    if (!isOurs) throw error;
    const again = toMergePatch(fresh.status ?? unreadable, status);
    return (await api.patchStatus(namespace, name, fresh.metadata.resourceVersion ?? '', again))
      .resourceVersion;
  }
}
