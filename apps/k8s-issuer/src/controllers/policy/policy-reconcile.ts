/** One visit to one SharePolicy: whether it can be used, and how many Shares it serves. */
import type { Clock } from '@valetkey/core';
import {
  countPolicyUse,
  judgePolicy,
  toPlatformStatus,
  type NamespaceFacts,
  type Share,
  type InvalidSharePolicy,
  type SharePolicy,
} from '@valetkey/share';
import type { KubeClient } from '../../kube/client.ts';
import { toMergePatch } from '../../kube/merge-patch.ts';
import { patchSeenStatus } from '../../kube/patch-status.ts';

/** How soon to look again when the cache was behind, in milliseconds. */
const staleCacheWaitMs = 1_000;

/** What a visit needs. */
export interface PolicyReconcileOptions {
  readonly client: Pick<KubeClient, 'patchStatus'>;
  readonly clock: Clock;
  readonly policyOf: (name: string) => SharePolicy | InvalidSharePolicy | undefined;
  /** Shares that name one of the policy's buckets. */
  readonly sharesUnder: (policy: SharePolicy | InvalidSharePolicy) => Iterable<Share>;
  readonly namespaceOf: (name: string) => NamespaceFacts | undefined;
}

/** Creates the function that a controller calls with a policy's name. */
export function createPolicyReconcile(
  options: PolicyReconcileOptions,
): (name: string) => Promise<{ readonly requeueAfterMs: number } | void> {
  const { client, clock, policyOf, sharesUnder, namespaceOf } = options;
  return async (name) => {
    const policy = policyOf(name);
    if (policy === undefined || policy.metadata.deletionTimestamp !== undefined) return;
    const status = {
      ...toPlatformStatus(policy, judgePolicy(policy), clock.now()),
      ...countPolicyUse(policy, sharesUnder(policy), namespaceOf),
    };
    const patch = toMergePatch(policy.status ?? {}, status);
    if (Object.keys(patch).length === 0) return;
    const path = `/apis/valetkey.dev/v1alpha1/sharepolicies/${encodeURIComponent(name)}`;
    const isWritten = await patchSeenStatus(client, path, policy.metadata.resourceVersion, patch);
    return isWritten ? undefined : { requeueAfterMs: staleCacheWaitMs };
  };
}
