import { ValetkeyError } from '../errors.ts';
import { quote } from '../grammar/quote.ts';
import type { Policy } from './policy.ts';

/**
 * Policies in their order, found by bucket without looking at all of them.
 * @public
 */
export interface PolicySet {
  /** Those that name the bucket, in order. */
  forBucket(bucket: string): readonly Policy[];
}

const none: readonly Policy[] = [];

/**
 * Indexes policies. The order given is the order in which they are tried.
 * @throws ValetkeyError `invalid-policy` when two have one name
 * @public
 */
export function createPolicySet(policies: readonly Policy[]): PolicySet {
  const names = new Set<string>();
  const byBucket = new Map<string, Policy[]>();
  for (const policy of policies) {
    if (names.has(policy.name)) {
      throw new ValetkeyError('invalid-policy', {
        field: 'policies',
        expected: 'a different name for each policy',
        got: `${quote(policy.name)} twice`,
      });
    }
    names.add(policy.name);
    for (const bucket of new Set<string>(policy.buckets)) {
      const known = byBucket.get(bucket);
      if (known === undefined) byBucket.set(bucket, [policy]);
      else known.push(policy);
    }
  }
  return { forBucket: (bucket) => byBucket.get(bucket) ?? none };
}
