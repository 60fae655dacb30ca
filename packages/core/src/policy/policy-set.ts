import { ValetkeyError } from '../errors.ts';
import { quote } from '../grammar/quote.ts';
import { createBucketIndex, type BucketIndex } from './bucket-index.ts';
import type { Policy } from './policy.ts';

/**
 * Policies in their order, found by bucket, action and first folder without looking at all of them.
 * @public
 */
export interface PolicySet {
  /** Those that name the bucket, in order. */
  forBucket(bucket: string): BucketIndex;
}

const none = createBucketIndex([]);

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
  const indexes = new Map<string, BucketIndex>();
  for (const [bucket, own] of byBucket) indexes.set(bucket, createBucketIndex(own));
  return { forBucket: (bucket) => indexes.get(bucket) ?? none };
}
