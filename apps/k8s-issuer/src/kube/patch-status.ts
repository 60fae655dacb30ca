import type { KubeClient } from './client.ts';
import { KubeError } from './kube-error.ts';

/**
 * Merges into the status of the object at `path` as it was seen: in this version, or not at all.
 * @returns whether it was written; it is not when the object has changed or gone meanwhile, of which the caller will hear
 * @throws KubeError
 * @internal
 */
export async function patchSeenStatus(
  client: Pick<KubeClient, 'patchStatus'>,
  path: string,
  resourceVersion: string | undefined,
  status: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  try {
    await client.patchStatus(path, { metadata: { resourceVersion }, status });
    return true;
  } catch (error) {
    if (error instanceof KubeError && (error.status === 409 || error.status === 404)) return false;
    throw error;
  }
}
