import { ValetkeyError } from '../errors.ts';
import type { Grant } from '../grant/grant.ts';
import { bucketArn, type AwsPartition } from './iam-document.ts';
import { toIamJson } from './iam-json.ts';
import { escapeIam } from './iam-pattern.ts';

/** STS's limit for an inline session policy. */
const maxCharacters = 2048;

const methodActions: Readonly<
  Record<Grant['method'], { readonly current: string; readonly version: string }>
> = {
  GET: { current: 's3:GetObject', version: 's3:GetObjectVersion' },
  HEAD: { current: 's3:GetObject', version: 's3:GetObjectVersion' },
  PUT: { current: 's3:PutObject', version: 's3:PutObject' },
  DELETE: { current: 's3:DeleteObject', version: 's3:DeleteObjectVersion' },
};

/** Signed headers that need an action of their own. */
const headerActions: Readonly<Record<string, string>> = {
  'x-amz-tagging': 's3:PutObjectTagging',
  'x-amz-object-lock-mode': 's3:PutObjectRetention',
  'x-amz-object-lock-legal-hold': 's3:PutObjectLegalHold',
};

/** What a session policy is made of. */
type SessionGrant = Pick<Grant, 'method' | 'bucket' | 'key' | 'versionId' | 'headers'>;

/**
 * The session policy, as AssumeRole takes it, under which credentials can do what the grants allow and nothing else:
 * these objects, reads of versions only where a version is pinned. Which version IAM does not bound, the URL does.
 * Objects under a KMS key cannot be opened with it, since it names no key; a missing object answers 403, since
 * nothing may be listed.
 * Source: AWS STS API reference, AssumeRole, "Policy"; Service authorization reference, "Actions, resources, and
 * condition keys for Amazon S3".
 * @throws ValetkeyError `session-policy-too-large` over 2,048 characters, `invalid-policy` without a grant, since a
 * role without a session policy may do all that it may
 * @public
 */
export function compileSessionPolicy(
  grants: readonly SessionGrant[],
  { partition = 'aws' }: { readonly partition?: AwsPartition } = {},
): string {
  if (grants.length === 0) {
    throw new ValetkeyError('invalid-policy', { field: 'grants', expected: 'at least one', got: 'none' });
  }
  const text = toIamJson({
    Version: '2012-10-17',
    Statement: [...byActions(grants, partition)].map(([actions, resources]) => ({
      Effect: 'Allow',
      Action: actions.split(','),
      Resource: [...resources].toSorted(),
    })),
  });
  if (text.length <= maxCharacters) return text;
  throw new ValetkeyError('session-policy-too-large', {
    field: 'the session policy',
    expected: `at most ${maxCharacters} characters`,
    got: `${text.length} for ${grants.length} grants`,
    hint: 'Ask for fewer objects at once, or give them shorter keys.',
  });
}

/** Objects that need the same actions, in one statement. */
function byActions(
  grants: readonly SessionGrant[],
  partition: AwsPartition,
): ReadonlyMap<string, ReadonlySet<string>> {
  const actionsOf = new Map<string, Set<string>>();
  for (const grant of grants) {
    const arn = `${bucketArn(grant.bucket, partition)}/${escapeIam(grant.key)}`;
    const known = actionsOf.get(arn) ?? new Set();
    for (const action of actionsFor(grant)) known.add(action);
    actionsOf.set(arn, known);
  }
  const statements = new Map<string, Set<string>>();
  for (const [arn, actions] of actionsOf) {
    const id = [...actions].toSorted().join(',');
    statements.set(id, (statements.get(id) ?? new Set()).add(arn));
  }
  return statements;
}

function actionsFor({ method, versionId, headers }: SessionGrant): readonly string[] {
  const { current, version } = methodActions[method];
  const extra = Object.keys(headers).map((name) => headerActions[name]);
  return [versionId === undefined ? current : version, ...extra.filter((action) => action !== undefined)];
}
