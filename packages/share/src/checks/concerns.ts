import { coversNamespace, type NamespaceFacts } from '../namespace-match.ts';
import type { SharePolicy } from '../v1alpha1/share-policy.ts';
import type { Share } from '../v1alpha1/share.ts';

/**
 * Whether a Share asks for what a policy is about: its namespace, store and bucket.
 */
export function concerns(
  spec: Pick<SharePolicy['spec'], 'namespaces' | 'stores' | 'buckets'>,
  share: Share,
  namespace: NamespaceFacts,
): boolean {
  const { storeRef, bucket } = share.spec;
  return (
    coversNamespace(spec.namespaces, namespace) &&
    spec.buckets.includes(bucket) &&
    spec.stores.some((store) => store.kind === storeRef.kind && store.name === storeRef.name)
  );
}
