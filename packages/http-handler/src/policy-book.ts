/** Policies by name, each with the store and bucket it is for. */
import { createPolicySet, ValetkeyError, type Policy, type PolicySet } from '@valetkey/core';

import type { ServiceOptions, ServiceStore } from './service-options.ts';

/** One policy, ready to be asked. */
export interface PolicyEntry {
  readonly policy: Policy;
  /** The policy alone: a request names the policy it is made under. */
  readonly set: PolicySet;
  readonly storeName: string;
  readonly bucket: string;
  readonly target: ServiceStore;
}

/**
 * Indexes policies.
 * @throws ValetkeyError `invalid-policy` for two of one name or none at all, `store-not-found`
 */
export function createPolicyBook({
  policies,
  stores,
}: Pick<ServiceOptions, 'policies' | 'stores'>): ReadonlyMap<string, PolicyEntry> {
  if (policies.length === 0) {
    throw new ValetkeyError('invalid-policy', {
      field: 'policies',
      expected: 'at least one policy, since without one everything is denied',
      got: 'none',
    });
  }
  createPolicySet(policies);
  return new Map(policies.map((policy) => [policy.name, toEntry(policy, stores)]));
}

function toEntry(policy: Policy, stores: ServiceOptions['stores']): PolicyEntry {
  const [storeName = ''] = policy.stores;
  const [bucket = ''] = policy.buckets;
  const target = stores.get(storeName);
  if (target === undefined) {
    throw new ValetkeyError('store-not-found', {
      field: `policies.${policy.name}.store`,
      expected: [...stores.keys()].join(', '),
      got: storeName,
    });
  }
  return { policy, set: createPolicySet([policy]), storeName, bucket, target };
}
