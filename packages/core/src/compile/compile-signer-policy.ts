import { ValetkeyError } from '../errors.ts';
import type { Policy } from '../policy/policy.ts';
import type { Action } from '../policy/rule.ts';
import { bucketArn, type AwsPartition, type IamDocument, type IamStatement } from './iam-document.ts';
import { escapeIam, toIamPattern } from './iam-pattern.ts';

/** IAM's limit for a managed policy, white space not counted. */
const maxCharacters = 6144;

const objectActions: Readonly<Record<Exclude<Action, 'list'>, readonly string[]>> = {
  download: ['s3:GetObject', 's3:GetObjectVersion'],
  // HEAD, which verifies an upload, is GetObject to IAM.
  upload: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:PutObject'],
  delete: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
};

/**
 * What the identity that signs has to be allowed, and no more: an outer bound for every subject together, so that a
 * mistake in a policy cannot reach beyond it. `exceptKeys` are not in it, since another policy may allow them.
 * Source: Service authorization reference, "Actions, resources, and condition keys for Amazon S3".
 * @throws ValetkeyError `session-policy-too-large` over 6,144 characters
 * @public
 */
export function compileSignerPolicy(
  policies: readonly Policy[],
  { partition = 'aws' }: { readonly partition?: AwsPartition } = {},
): IamDocument {
  const resources = new Map<string, Set<string>>();
  const prefixes = new Map<string, Set<string>>();
  for (const policy of policies) {
    for (const bucket of policy.buckets) {
      const arn = bucketArn(bucket, partition);
      for (const action of policy.actions) {
        if (action === 'list')
          addAll(
            prefixes,
            arn,
            policy.keys.map((key) => `${escapeIam(key.literalPrefix)}*`),
          );
        else {
          const objects = policy.keys.map((key) => `${arn}/${toIamPattern(key)}`);
          for (const name of objectActions[action]) addAll(resources, name, objects);
        }
      }
    }
  }
  const document = {
    Version: '2012-10-17',
    Statement: [...objectStatements(resources), ...listStatements(prefixes)],
  } as const;
  const { length } = JSON.stringify(document);
  if (length <= maxCharacters) return document;
  throw new ValetkeyError('session-policy-too-large', {
    field: 'the signer policy',
    expected: `at most ${maxCharacters} characters`,
    got: `${length}`,
    hint: 'Sign for fewer buckets with one identity, or begin keys with fewer folders.',
  });
}

/** Actions for the same resources in one statement. */
function objectStatements(resources: ReadonlyMap<string, ReadonlySet<string>>): readonly IamStatement[] {
  const byResources = new Map<
    string,
    { readonly actions: string[]; readonly resources: readonly string[] }
  >();
  for (const [action, names] of resources) {
    const sorted = [...names].toSorted();
    const id = JSON.stringify(sorted);
    const known = byResources.get(id);
    if (known === undefined) byResources.set(id, { actions: [action], resources: sorted });
    else known.actions.push(action);
  }
  return [...byResources.values()].map(({ actions, resources: names }, index) => ({
    Sid: `Objects${index + 1}`,
    Effect: 'Allow',
    Action: actions.toSorted(),
    Resource: names,
  }));
}

function listStatements(prefixes: ReadonlyMap<string, ReadonlySet<string>>): readonly IamStatement[] {
  return [...prefixes].map(([arn, names], index) => ({
    Sid: `List${index + 1}`,
    Effect: 'Allow',
    Action: ['s3:ListBucket'],
    Resource: [arn],
    Condition: { StringLike: { 's3:prefix': [...names].toSorted() } },
  }));
}

function addAll(sets: Map<string, Set<string>>, name: string, values: readonly string[]): void {
  const known = sets.get(name) ?? new Set();
  for (const value of values) known.add(value);
  sets.set(name, known);
}
