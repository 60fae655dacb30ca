import type { ShareHead, ShareStatus } from '@valetkey/share';
import { KubeError } from '../../kube/kube-error.ts';
import { toMergePatch } from '../../kube/merge-patch.ts';
import type { ShareApi } from './share-api.ts';

/**
 * Writes the whole status if it differs from what the Share has; whatever else somebody has put into it is gone then.
 * Fenced by the Share's resourceVersion: when the Share has changed meanwhile but its secretRef has not, the write is
 * repeated once over the new version.
 * @returns the Share's new resourceVersion, or undefined when nothing was written
 * @throws KubeError
 */
export async function writeStatus(
  api: Pick<ShareApi, 'readShare' | 'replaceStatus'>,
  share: ShareHead,
  status: ShareStatus,
): Promise<string | undefined> {
  if (isStored(share, status)) return undefined;
  try {
    return (await api.replaceStatus(share.metadata, status)).resourceVersion;
  } catch (error) {
    if (!(error instanceof KubeError) || error.status !== 409) throw error;
    const { namespace = '', name } = share.metadata;
    const fresh = await api.readShare(namespace, name);
    const isOurs =
      fresh.metadata.uid === share.metadata.uid &&
      fresh.status?.secretRef?.resourceVersion === share.status?.secretRef?.resourceVersion;
    if (!isOurs) throw error;
    return (await api.replaceStatus(fresh.metadata, status)).resourceVersion;
  }
}

/** A status that cannot be read may have been forged with anything in any field, and is not this one. */
function isStored(share: ShareHead, status: ShareStatus): boolean {
  return share.status !== undefined && Object.keys(toMergePatch(share.status, status)).length === 0;
}
