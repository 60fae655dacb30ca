import { ValetkeyError } from '../errors.ts';
import type { BucketName, ObjectKey } from '../grammar/brands.ts';
import { parseBucket } from '../grammar/bucket.ts';
import { parseKey } from '../grammar/key.ts';
import { parseLifetimeSeconds } from '../grammar/lifetime.ts';
import { quote } from '../grammar/quote.ts';
import { formatInstant } from '../instant.ts';
import type { AccessRequest } from './access-request.ts';
import { checks } from './checks.ts';
import type { Denial } from './denial.ts';
import { generateKey } from './generate-key.ts';
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
      /** Whether the PUT must not replace what is there. */
      readonly onlyIfAbsent: boolean;
    }
  | { readonly allowed: false; readonly denials: readonly Denial[] };

/**
 * Tries the policies in order; the first that passes every check wins. Otherwise the nearest miss of each.
 * @throws ValetkeyError `invalid-bucket`, `invalid-lifetime` for a request that no policy could mend
 */
export function decide(policies: PolicySet, request: AccessRequest, context: DecisionContext): Decision {
  const bucket = parseBucket(request.bucket, 'bucket');
  if (request.lifetimeSeconds !== undefined) parseLifetimeSeconds(request.lifetimeSeconds, 'lifetime');
  const misses: (() => Denial)[] = [];
  for (const policy of policies.forBucket(bucket)) {
    const outcome = tryPolicy(policy, request, context);
    if (typeof outcome === 'string') return toAllowed(policy, request, bucket, outcome);
    misses.push(outcome);
  }
  if (misses.length > 0) return { allowed: false, denials: misses.map((miss) => miss()) };
  const expected = 'a bucket that a policy names';
  return {
    allowed: false,
    denials: [{ code: 'no-policy-matched', field: 'bucket', expected, got: quote(bucket) }],
  };
}

/** The key, or why not. An error in a check is this policy's denial and nobody else's. */
function tryPolicy(
  policy: Policy,
  request: AccessRequest,
  context: DecisionContext,
): string | (() => Denial) {
  try {
    const key = request.key ?? keyFor(policy, request, context);
    for (const check of checks) {
      const miss = check(policy, request, key);
      if (miss !== undefined) return () => ({ policy: policy.name, ...miss() });
    }
    return key ?? '';
  } catch (error) {
    return () => toDenial(policy, error);
  }
}

function toDenial(policy: Policy, error: unknown): Denial {
  if (!(error instanceof ValetkeyError)) {
    return {
      policy: policy.name,
      code: 'forbidden',
      field: 'policy',
      expected: 'checks that run',
      got: 'an error',
    };
  }
  const { code, field = 'request', expected = 'something valid', got = 'something else' } = error;
  return { policy: policy.name, code, field, expected, got };
}

function keyFor(policy: Policy, request: AccessRequest, context: DecisionContext): string | undefined {
  const [pattern] = policy.keys;
  if (pattern === undefined || request.method !== 'PUT') return undefined;
  return generateKey(pattern, {
    subject: request.subject,
    fileName: request.fileName,
    contentType: request.upload?.contentType,
    newUuid: context.newUuid,
    today: formatInstant(context.nowMs).slice(0, 10),
  });
}

function toAllowed(policy: Policy, request: AccessRequest, bucket: BucketName, key: string): Decision {
  return {
    allowed: true,
    policy,
    bucket,
    key: parseKey(key, 'key', { syntax: policy.keySyntax, slashes: 'exact' }),
    lifetimeSeconds: request.lifetimeSeconds ?? policy.lifetime.defaultSeconds,
    lifetimeFrom: request.lifetimeSeconds === undefined ? 'policy' : 'asked',
    onlyIfAbsent: request.method === 'PUT' && !policy.upload.overwrite,
  };
}
