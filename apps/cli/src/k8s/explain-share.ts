import { decideShare, type ShareInputs } from '@valetkey/share';
import type { SecretProblem } from './secret-problem.ts';

/** What one policy answers to a Share. */
interface PolicyOpinion {
  readonly policy: string;
  readonly answer: 'allows' | 'denies' | 'does not concern it';
  readonly message: string;
}

/** What is decided about a Share, and why. */
export interface ShareExplanation {
  readonly namespace: string;
  readonly share: string;
  readonly allowed: boolean;
  /** Of a Share that is allowed. */
  readonly policy?: string;
  /** Of one that is not. */
  readonly reason?: string;
  readonly message?: string;
  /** What keeps the Secret of one that is allowed from being written. */
  readonly secret?: SecretProblem;
  /** What the caller's rights did not reach, and so is not known. */
  readonly notLookedAt?: readonly string[];
  /** In the order in which they are tried; empty where the decision fell before. */
  readonly policies: readonly PolicyOpinion[];
}

/**
 * Which policy admits a Share, or why none does; each policy is asked by itself as well. What is known of its Secret is
 * told of a Share that is admitted.
 */
export function explainShare(inputs: ShareInputs, secret: SecretProblem | undefined): ShareExplanation {
  const named = { namespace: inputs.namespace.name, share: inputs.share.metadata.name };
  const decision = decideShare(inputs);
  // Without policies, what is wrong is the Share, its store or its namespace.
  const alone = decideShare({ ...inputs, policies: [] });
  const fellBefore = !alone.allowed && alone.finding.reason !== 'NoPolicyMatched';
  const policies = fellBefore ? [] : byName(inputs).map((policy) => opinionOf(inputs, policy));
  return decision.allowed
    ? {
        ...named,
        allowed: true,
        policy: decision.authorization.policy,
        ...(secret === undefined ? {} : { secret }),
        policies,
      }
    : { ...named, allowed: false, ...decision.finding, policies };
}

type AnyPolicy = ShareInputs['policies'][number];

function byName({ policies }: ShareInputs): readonly AnyPolicy[] {
  return policies.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

function opinionOf(inputs: ShareInputs, policy: AnyPolicy): PolicyOpinion {
  const { name } = policy.metadata;
  const decision = decideShare({ ...inputs, policies: [policy] });
  if (decision.allowed) return { policy: name, answer: 'allows', message: 'every object' };
  const { reason, message } = decision.finding;
  // What a policy itself denies begins with its name.
  const prefix = `SharePolicy ${name}: `;
  return message.startsWith(prefix)
    ? { policy: name, answer: 'denies', message: `${reason}: ${message.slice(prefix.length)}` }
    : { policy: name, answer: 'does not concern it', message: concernOf(inputs, policy) };
}

/** Which of the three that a policy must cover it does not. */
function concernOf({ share, namespace }: ShareInputs, { spec }: AnyPolicy): string {
  const { bucket, storeRef } = share.spec;
  const misses = [
    ...(spec.buckets.includes(bucket) ? [] : [`bucket ${bucket}`]),
    ...(spec.stores.some(({ kind, name }) => kind === storeRef.kind && name === storeRef.name)
      ? []
      : [`${storeRef.kind} ${storeRef.name}`]),
  ];
  return `does not cover ${misses.length === 0 ? `namespace ${namespace.name}` : misses.join(' and ')}`;
}
