/** A question to policies as people write it, on the command line or in a file of tests. */
import {
  createPolicySet,
  evaluate,
  evaluateList,
  parseBucket,
  type Denial,
  type Policy,
  type Subject,
} from '@valetkey/core';

/** Who asks for what; nothing is signed. */
export interface PolicyQuestion {
  readonly subject: Subject;
  readonly action: 'download' | 'upload' | 'delete' | 'list';
  /** @default the only store that the policies name */
  readonly store?: string | undefined;
  readonly bucket: string;
  /** A prefix for `list`; absent for an upload whose key the policy makes. */
  readonly key?: string | undefined;
  /** The client's name for an upload without a key. */
  readonly fileName?: string | undefined;
  readonly lifetimeSeconds?: number | undefined;
  readonly versionId?: string | undefined;
  /** Bytes. */
  readonly size?: number | undefined;
  readonly contentType?: string | undefined;
}

/** Yes, by which policy and on what terms; or the nearest miss of each policy. */
export type PolicyAnswer =
  | {
      readonly allowed: true;
      readonly policy: string;
      readonly key: string;
      readonly lifetimeSeconds?: number;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly allowed: false; readonly denials: readonly Denial[] };

const methods = { download: 'GET', upload: 'PUT', delete: 'DELETE' } as const;
/** Stands where the service would put a fresh one. */
const anyUuid = '00000000-0000-4000-8000-000000000000';

/**
 * Asks the policies what they would answer at an instant.
 * @throws ValetkeyError `invalid-bucket`, `invalid-lifetime` for a question that no policy could answer
 */
export function askPolicies(
  policies: readonly Policy[],
  question: PolicyQuestion,
  nowMs: number,
): PolicyAnswer {
  if (question.action === 'list') return askForList(policies, question);
  const { subject, bucket, key, fileName, lifetimeSeconds, versionId, size, contentType, action } = question;
  const method = methods[action];
  const [onlyStore = ''] = policies[0]?.stores ?? [];
  const evaluation = evaluate(
    createPolicySet(policies),
    {
      subject,
      store: question.store ?? onlyStore,
      bucket,
      method,
      key,
      fileName,
      lifetimeSeconds,
      versionId,
      ...(method === 'PUT' ? { upload: { contentLength: size, contentType } } : {}),
    },
    { nowMs, newUuid: () => anyUuid },
  );
  if (!evaluation.allowed) return evaluation;
  const { grant } = evaluation;
  const { policy = '', lifetimeSeconds: granted, headers } = grant;
  return { allowed: true, policy, key: grant.key, lifetimeSeconds: granted, headers };
}

function askForList(
  policies: readonly Policy[],
  { subject, bucket, key, store }: PolicyQuestion,
): PolicyAnswer {
  const named = parseBucket(bucket, 'bucket');
  const denials: Denial[] = [];
  for (const policy of policies) {
    if (!policy.buckets.includes(named) || (store !== undefined && !policy.stores.includes(store))) continue;
    const scope = evaluateList(policy, subject, key);
    if (!scope.allowed) denials.push(scope.denial);
    else {
      const prefix = scope.kind === 'roots' ? scope.prefixes.join(' ') : scope.prefix;
      return { allowed: true, policy: policy.name, key: prefix, headers: {} };
    }
  }
  if (denials.length > 0) return { allowed: false, denials };
  const denial = {
    code: 'no-policy-matched',
    field: 'bucket',
    expected: 'a bucket that a policy names',
    got: bucket,
  } as const;
  return { allowed: false, denials: [denial] };
}
