import { ValetkeyError } from '@valetkey/core';
import type { NamespaceFacts } from '../namespace-match.ts';
import type { PlatformFinding } from '../status/platform-status.ts';
import type { InvalidSharePolicy } from '../v1alpha1/read-platform.ts';
import type { SharePolicy } from '../v1alpha1/share-policy.ts';
import type { Share } from '../v1alpha1/share.ts';
import { compileSharePolicy } from './authorize.ts';
import { concerns } from './concerns.ts';

/**
 * Whether a policy can be used. Patterns and sizes may be wrong in ways that the API server cannot see.
 * @public
 */
export function judgePolicy(policy: SharePolicy | InvalidSharePolicy): PlatformFinding {
  if (policy.kind === 'InvalidSharePolicy') return policy.finding;
  try {
    compileSharePolicy(policy);
    return { reason: 'Available', message: 'Shares may be published under it' };
  } catch (error) {
    if (!(error instanceof ValetkeyError)) throw error;
    return { reason: 'InvalidSpec', message: error.message };
  }
}

/**
 * How many Shares are published under a policy, and how many it concerns that no policy allows.
 * @public
 */
export function countPolicyUse(
  policy: SharePolicy | InvalidSharePolicy,
  shares: Iterable<Share>,
  namespaceOf: (name: string) => NamespaceFacts | undefined,
): { readonly matchedShares: number; readonly deniedShares: number } {
  const scope = policy.kind === 'InvalidSharePolicy' ? policy.scope : policy.spec;
  let matchedShares = 0;
  let deniedShares = 0;
  for (const share of shares) {
    const isDenied = share.status?.conditions?.some(
      ({ type, status }) => type === 'Authorized' && status === 'False',
    );
    if (share.status?.policyRef?.name === policy.metadata.name) matchedShares += 1;
    else if (isDenied === true && scope !== undefined) {
      const namespace = namespaceOf(share.metadata.namespace ?? '');
      if (namespace !== undefined && concerns(scope, share, namespace)) deniedShares += 1;
    }
  }
  return { matchedShares, deniedShares };
}
