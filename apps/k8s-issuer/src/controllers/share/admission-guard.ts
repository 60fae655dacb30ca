/**
 * Makes sure that the ValidatingAdmissionPolicy stands between the issuer and other people's Secrets, by trying
 * what it must refuse.
 */
import type { KubeClient } from '../../kube/client.ts';
import { KubeError } from '../../kube/kube-error.ts';

/**
 * Whether the API server refuses the issuer a Secret of another type. Nothing is stored: it is a dry run.
 * @throws KubeError when the API server gives no clear answer
 */
export async function isGuarded(client: KubeClient, namespace: string): Promise<boolean> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name: 'valetkey-admission-probe', namespace },
  };
  try {
    await client.create(path, secret, { dryRun: true, asPartialMetadata: true });
    return false;
  } catch (error) {
    if (!(error instanceof KubeError) || error.status !== 403) throw error;
    // Admission names a cause; a missing role does not, and would refuse the issuer's own Secrets as well.
    if (error.causes.length > 0) return true;
    throw error;
  }
}
