/**
 * Makes sure that the ValidatingAdmissionPolicy stands between the issuer and other people's Secrets, by trying
 * what it must refuse.
 */
import { apiVersion, secretType } from '@valetkey/share';
import type { KubeClient } from '../../kube/client.ts';
import { KubeError } from '../../kube/kube-error.ts';

const name = 'valetkey-admission-probe';
/** Of no Share that there is: nothing is stored, so nothing is owned. */
const owner = {
  apiVersion,
  kind: 'Share',
  name,
  uid: '00000000-0000-0000-0000-000000000000',
  controller: true,
};

/**
 * Whether the API server refuses the issuer what the policy forbids, a Secret of another type and one without a Share,
 * and not a Secret as the issuer makes them. Nothing is stored: they are dry runs.
 * @throws KubeError when the API server gives no clear answer, such as when something else refuses every Secret
 */
export async function isGuarded(client: Pick<KubeClient, 'create'>, namespace: string): Promise<boolean> {
  const attempt = (type: string, ownerReferences: readonly object[]) =>
    refusalOf(client, namespace, { type, metadata: { name, namespace, ownerReferences } });
  if ((await attempt('Opaque', [owner])) === undefined) return false;
  if ((await attempt(secretType, [])) === undefined) return false;
  const refusal = await attempt(secretType, [owner]);
  if (refusal !== undefined) throw refusal;
  return true;
}

/** What admission says against a Secret. @throws KubeError of everything else */
async function refusalOf(
  client: Pick<KubeClient, 'create'>,
  namespace: string,
  secret: object,
): Promise<KubeError | undefined> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  try {
    const body = { apiVersion: 'v1', kind: 'Secret', ...secret };
    await client.create(path, body, { dryRun: true, asPartialMetadata: true });
    return undefined;
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    // Storage says so, after admission had nothing against it.
    if (error.status === 409) return undefined;
    // Admission names a cause; a missing role does not, and would refuse the issuer's own Secrets as well.
    if (error.status === 403 && error.causes.length > 0) return error;
    throw error;
  }
}
