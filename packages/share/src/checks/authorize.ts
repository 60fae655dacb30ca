import {
  compilePolicy,
  createPolicySet,
  evaluate,
  parseDurationSeconds,
  ValetkeyError,
  type AccessRequest,
  type Denial,
  type Grant,
  type Policy,
  type PolicySet,
} from '@valetkey/core';
import { reasonOf, type Finding } from '../reason.ts';
import type { ShareInputs } from '../share-inputs.ts';
import type { ShareObject } from '../v1alpha1/share-object.ts';
import type { SharePolicy } from '../v1alpha1/share-policy.ts';
import type { StoreReference } from '../v1alpha1/store-reference.ts';
import { concerns } from './concerns.ts';
import { endTimeMsOf } from './spec-checks.ts';

/** Objects are never changed, so what was made of one holds for as long as it does. */
const policySets = new WeakMap<SharePolicy, PolicySet>();

/** The grants of every object of a Share, all under one policy. */
export interface Authorization {
  readonly policy: string;
  readonly grants: ReadonlyMap<string, Grant>;
}

/**
 * Tries the policies in the order of their names; the first that allows all objects wins. Otherwise the miss of
 * the policy that came nearest.
 */
export function authorize(inputs: ShareInputs): Authorization | Finding {
  const outcome = tryPolicies(inputs);
  if ('grants' in outcome) return outcome;
  return withInvalid(outcome.nearest?.finding ?? noPolicy(inputs), inputs);
}

/** What an object of a Share is denied for, and which it is. */
interface ObjectFinding {
  readonly finding: Finding;
  /** In `spec.objects`, from 0. */
  readonly index: number;
}

/** Every object that the policy which came nearest denies; none where it is not about one object, or all are allowed. */
export function deniedObjects(inputs: ShareInputs): readonly ObjectFinding[] {
  const outcome = tryPolicies(inputs);
  const denied: ObjectFinding[] = [];
  let next: Authorization | Miss | undefined = 'grants' in outcome ? outcome : outcome.nearest;
  while (next !== undefined && !('grants' in next) && next.index !== undefined) {
    const { policy, finding, index } = next;
    denied.push({ finding: withInvalid(finding, inputs), index });
    next = tryPolicy(policy, inputs, index + 1);
  }
  return denied;
}

/** Why a policy does not allow a Share. */
interface Miss {
  readonly policy: SharePolicy;
  readonly finding: Finding;
  /** Objects that it allows before the one that it does not. */
  readonly allowed: number;
  /** The one that it does not, where it is about one. */
  readonly index?: number;
}

function tryPolicies(inputs: ShareInputs): Authorization | { readonly nearest: Miss | undefined } {
  const misses: Miss[] = [];
  const byName = inputs.policies.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  for (const policy of byName.filter(({ spec }) => concerns(spec, inputs.share, inputs.namespace))) {
    const outcome = tryPolicy(policy, inputs);
    if ('grants' in outcome) return outcome;
    misses.push(outcome);
  }
  return { nearest: misses.toSorted((a, b) => b.allowed - a.allowed)[0] };
}

/** A policy that would be about the Share if it were valid is what somebody looks for now. */
function withInvalid(finding: Finding, { share, namespace, invalidPolicies = [] }: ShareInputs): Finding {
  const names = invalidPolicies
    .filter(({ scope }) => scope !== undefined && concerns(scope, share, namespace))
    .map(({ metadata }) => metadata.name)
    .toSorted();
  if (names.length === 0) return finding;
  const [first, ...more] = names;
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  const message = `${finding.message}; SharePolicy ${first}${others} breaks a rule of its kind and allows nothing; its status and the log of the issuer say which`;
  return { ...finding, message };
}

function noPolicy({ share, namespace }: ShareInputs): Finding {
  const { kind, name } = share.spec.storeRef;
  return {
    reason: 'NoPolicyMatched',
    message: `no SharePolicy covers namespace ${namespace.name}, bucket ${share.spec.bucket} and ${kind} ${name}`,
  };
}

/** From one object on. */
function tryPolicy(policy: SharePolicy, inputs: ShareInputs, from = 0): Authorization | Miss {
  const { objects } = inputs.share.spec;
  const miss = (reason: Finding['reason'], message: string, allowed: number): Miss => ({
    policy,
    finding: { reason, message: `SharePolicy ${policy.metadata.name}: ${message}` },
    allowed,
  });
  if (objects.length > policy.spec.maxObjects) {
    return miss(
      'NoPolicyMatched',
      `expected at most ${policy.spec.maxObjects} objects, got ${objects.length}`,
      0,
    );
  }
  try {
    const policies = policySetOf(policy);
    const grants = new Map<string, Grant>();
    for (const [index, object] of [...objects.entries()].slice(from)) {
      const evaluation = evaluate(policies, toRequest(object, inputs), {
        nowMs: inputs.nowMs,
        newUuid: noUuid,
      });
      if (!evaluation.allowed) {
        return { ...miss(...toMiss(evaluation.denials, index), grants.size), index };
      }
      grants.set(object.name, evaluation.grant);
    }
    return { policy: policy.metadata.name, grants };
  } catch (error) {
    if (!(error instanceof ValetkeyError)) throw error;
    return miss(reasonOf(error.code, 'NoPolicyMatched'), error.message, 0);
  }
}

function toMiss(denials: readonly Denial[], index: number): [Finding['reason'], string] {
  const [denial] = denials;
  if (denial === undefined) return ['NoPolicyMatched', 'no reason given'];
  const { code, field, expected, got } = denial;
  return [
    reasonOf(code, 'NoPolicyMatched'),
    `spec.objects[${index}]: ${field}: expected ${expected}, got ${got}`,
  ];
}

/** A Share names its keys, so none is ever generated. */
function noUuid(): string {
  throw new TypeError('a Share names its keys');
}

function storeId({ kind, name }: StoreReference): string {
  return `${kind}/${name}`;
}

/** @throws ValetkeyError `invalid-policy` */
function policySetOf(policy: SharePolicy): PolicySet {
  const known = policySets.get(policy);
  if (known !== undefined) return known;
  const made = createPolicySet([compileSharePolicy(policy)]);
  policySets.set(policy, made);
  return made;
}

/**
 * Core's policy of a SharePolicy.
 * @throws ValetkeyError `invalid-policy`
 */
export function compileSharePolicy({ metadata, spec }: SharePolicy): Policy {
  const { actions, keys, exceptKeys, lifetime, upload, download } = spec;
  return compilePolicy(
    {
      name: metadata.name,
      subjects: [{ kind: 'serviceAccount' }],
      stores: spec.stores.map(storeId),
      buckets: spec.buckets,
      rule: {
        actions: [...actions],
        keys: [...keys],
        lifetime,
        ...(exceptKeys === undefined ? {} : { exceptKeys: [...exceptKeys] }),
        ...(upload === undefined ? {} : { upload }),
        ...(download === undefined ? {} : { download }),
      },
    },
    'spec',
  );
}

function toRequest(object: ShareObject, { share, namespace }: ShareInputs): AccessRequest {
  const { storeRef, bucket, lifetime, endTime } = share.spec;
  return {
    subject: {
      kind: 'serviceAccount',
      id: `${namespace.name}/${share.metadata.name}`,
      claims: {},
      namespace: namespace.name,
      share: share.metadata.name,
    },
    store: storeId(storeRef),
    bucket,
    method: object.method,
    key: object.key,
    versionId: object.versionId,
    lifetimeSeconds: lifetime === undefined ? undefined : parseDurationSeconds(lifetime, 'spec.lifetime'),
    notAfterMs: endTimeMsOf(endTime),
    upload: object.request,
    response: object.response,
  };
}
