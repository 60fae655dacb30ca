import type { ResponseTerms } from '../grammar/object-terms.ts';
import type { AccessRequest } from '../policy/access-request.ts';
import { decide, type DecisionContext } from '../policy/decide.ts';
import type { Denial } from '../policy/denial.ts';
import type { PolicySet } from '../policy/policy-set.ts';
import type { Policy } from '../policy/policy.ts';
import { toGrant, type Grant } from './grant.ts';
import { toSignedHeaders, toSignedQuery } from './signed-terms.ts';

/**
 * Whether a request is allowed, and on what terms.
 * @public
 */
export type Evaluation =
  | { readonly allowed: true; readonly grant: Grant }
  | { readonly allowed: false; readonly denials: readonly Denial[] };

/**
 * Decides a request under policies. What none allows is denied; a lifetime over the policy's maximum is
 * denied, never trimmed. Pure: the same policies, request and context give the same answer.
 * @throws ValetkeyError `invalid-bucket`, `invalid-lifetime`, `invalid-metadata` for a request that no policy
 * could mend
 * @public
 */
export function evaluate(policies: PolicySet, request: AccessRequest, context: DecisionContext): Evaluation {
  const decision = decide(policies, request, context);
  if (!decision.allowed) return decision;
  const { bucket, key, lifetimeSeconds, lifetimeFrom, notAfterMs, policy, onlyIfAbsent } = decision;
  const { upload, versionId, method } = request;
  return {
    allowed: true,
    grant: toGrant({
      method,
      bucket,
      key,
      versionId,
      lifetimeSeconds,
      lifetimeFrom,
      notAfterMs,
      ...cacheWindowOf(policy, request),
      headers: toSignedHeaders(onlyIfAbsent ? { ...upload, ifNoneMatch: '*' } : upload),
      query: toSignedQuery(responseOf(policy, request)),
      policy: policy.name,
    }),
  };
}

function cacheWindowOf({ download: { cacheWindowSeconds } }: Policy, { method }: AccessRequest) {
  const isRead = method === 'GET' || method === 'HEAD';
  return isRead && cacheWindowSeconds > 0 ? { cacheWindowSeconds } : {};
}

/** A disposition that the policy wants is signed whether it was asked for or not. */
function responseOf({ download }: Policy, { method, response }: AccessRequest): ResponseTerms | undefined {
  const { disposition } = download;
  if (disposition === undefined || method === 'PUT' || method === 'DELETE') return response;
  return { ...response, contentDisposition: response?.contentDisposition ?? disposition };
}
