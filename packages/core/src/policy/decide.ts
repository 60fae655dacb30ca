import { ValetkeyError } from '../errors.ts';
import type { BucketName, ObjectKey } from '../grammar/brands.ts';
import { parseBucket } from '../grammar/bucket.ts';
import { parseKey } from '../grammar/key.ts';
import { parseLifetimeSeconds } from '../grammar/lifetime.ts';
import { quote } from '../grammar/quote.ts';
import { formatInstant } from '../instant.ts';
import type { AccessRequest } from './access-request.ts';
import type { LazyMiss } from './check.ts';
import { actionOf, checksAfterKey, checksBeforeKey, keyCheck } from './checks.ts';
import type { Denial, Miss } from './denial.ts';
import { generateKey, type KeySources } from './generate-key.ts';
import type { PolicySet } from './policy-set.ts';
import type { Policy } from './policy.ts';

/**
 * What a decision needs beside policies and request.
 * @public
 */
export interface DecisionContext {
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** Lower-case UUIDs for `{uuid}`. */
  readonly newUuid: () => string;
}

/** What was decided, before it becomes a grant. */
export type Decision =
  | {
      readonly allowed: true;
      readonly policy: Policy;
      readonly bucket: BucketName;
      readonly key: ObjectKey;
      readonly lifetimeSeconds: number;
      readonly lifetimeFrom: 'asked' | 'policy';
      /** The earlier of the policy's end and the one asked for, in milliseconds since the epoch. */
      readonly notAfterMs: number | undefined;
      /** Whether the PUT must not replace what is there. */
      readonly onlyIfAbsent: boolean;
    }
  | { readonly allowed: false; readonly denials: readonly Denial[] };

/**
 * The first policy, in order, that passes every check. Otherwise the nearest miss of each.
 * @throws ValetkeyError `invalid-bucket`, `invalid-lifetime` for a request that no policy could mend
 */
export function decide(policies: PolicySet, request: AccessRequest, context: DecisionContext): Decision {
  const bucket = parseBucket(request.bucket, 'bucket');
  if (request.lifetimeSeconds !== undefined) parseLifetimeSeconds(request.lifetimeSeconds, 'lifetime');
  const question: Question = { request, bucket, nowMs: context.nowMs, sources: sourcesOf(request, context) };
  const index = policies.forBucket(bucket);
  return (
    index.find(actionOf[request.method], request.key, (policy) => {
      const outcome = tryPolicy(policy, question);
      return typeof outcome === 'string' ? toAllowed(policy, question, outcome) : undefined;
    }) ?? decideInOrder(index.policies, question)
  );
}

interface Question {
  readonly request: AccessRequest;
  readonly bucket: BucketName;
  readonly nowMs: number;
  /** For an upload whose key is to be generated. */
  readonly sources: KeySources | undefined;
}

/** Asks every policy, and puts each miss into words. */
function decideInOrder(policies: readonly Policy[], question: Question): Decision {
  const denials: Denial[] = [];
  for (const policy of policies) {
    const outcome = tryPolicy(policy, question);
    if (typeof outcome === 'string') return toAllowed(policy, question, outcome);
    denials.push(toDenial(policy, outcome));
  }
  if (denials.length > 0) return { allowed: false, denials };
  const expected = 'a bucket that a policy names';
  return {
    allowed: false,
    denials: [{ code: 'no-policy-matched', field: 'bucket', expected, got: quote(question.bucket) }],
  };
}

/** The key, or why not. An error in a check is this policy's denial and nobody else's. */
function tryPolicy(policy: Policy, { request, nowMs, sources }: Question): string | LazyMiss {
  try {
    for (const check of checksBeforeKey) {
      const miss = check(policy, request, nowMs);
      if (miss !== undefined) return miss;
    }
    const key = request.key ?? keyFrom(policy, sources);
    if (key === undefined) return noKey;
    const missOfKey = keyCheck(policy, request, key);
    if (missOfKey !== undefined) return missOfKey;
    for (const check of checksAfterKey[request.method]) {
      const miss = check(policy, request, nowMs);
      if (miss !== undefined) return miss;
    }
    return key;
  } catch (error) {
    return () => toMiss(error);
  }
}

const noKey: LazyMiss = () => ({
  code: 'key-not-allowed',
  field: 'key',
  expected: 'a key, which this policy cannot generate',
  got: 'none',
});

function toDenial({ name }: Policy, miss: LazyMiss): Denial {
  try {
    return { policy: name, ...miss() };
  } catch (error) {
    return { policy: name, ...toMiss(error) };
  }
}

function toMiss(error: unknown): Miss {
  if (!(error instanceof ValetkeyError)) {
    return { code: 'forbidden', field: 'policy', expected: 'checks that run', got: 'an error' };
  }
  const { code, field = 'request', expected = 'something valid', got = 'something else' } = error;
  return { code, field, expected, got };
}

/** One request has one UUID, whichever policy asks for it. */
function sourcesOf(request: AccessRequest, { nowMs, newUuid }: DecisionContext): KeySources | undefined {
  if (request.key !== undefined || request.method !== 'PUT') return undefined;
  let uuid: string | undefined;
  return {
    subject: request.subject,
    fileName: request.fileName,
    contentType: request.upload?.contentType,
    newUuid: () => (uuid ??= newUuid()),
    today: formatInstant(nowMs).slice(0, 10),
  };
}

/** Keys are generated from the first pattern. */
function keyFrom({ keys: [pattern] }: Policy, sources: KeySources | undefined): string | undefined {
  return pattern === undefined || sources === undefined ? undefined : generateKey(pattern, sources);
}

function toAllowed(policy: Policy, { request, bucket }: Question, key: string): Decision {
  const { lifetimeSeconds, notAfterMs, method } = request;
  return {
    allowed: true,
    policy,
    bucket,
    key: parseKey(key, 'key', policy.keyRules),
    lifetimeSeconds: lifetimeSeconds ?? policy.lifetime.defaultSeconds,
    lifetimeFrom: lifetimeSeconds === undefined ? 'policy' : 'asked',
    notAfterMs: earlier(notAfterMs, policy.notAfterMs),
    onlyIfAbsent: method === 'PUT' && !policy.upload.overwrite,
  };
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}
