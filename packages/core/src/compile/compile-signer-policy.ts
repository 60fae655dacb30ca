import { ValetkeyError } from '../errors.ts';
import type { KeyPattern } from '../policy/key-pattern.ts';
import type { Policy } from '../policy/policy.ts';
import type { Action } from '../policy/rule.ts';
import { bucketArn, type AwsPartition, type IamDocument, type IamStatement } from './iam-document.ts';
import { toIamJson } from './iam-json.ts';
import { escapeIam, toIamPattern } from './iam-pattern.ts';

/** IAM's limit for a managed policy, white space not counted. */
const maxCharacters = 6144;

const actionsOnObjects: Readonly<Record<Exclude<Action, 'list'>, readonly string[]>> = {
  download: ['s3:GetObject', 's3:GetObjectVersion'],
  // HEAD, which verifies an upload, is GetObject to IAM.
  upload: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:PutObject'],
  delete: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
};

/**
 * What the identity that signs has to be allowed, and no more: an outer bound for every subject together, so that a
 * mistake in a policy cannot reach beyond it. IAM knows buckets, actions and text with wildcards, so the document
 * allows more than the policies do in exactly these ways: bound variables stand for any text; `{any}`, `{name}` and
 * `{ext}` too, slashes among it; `{uuid}` and `{date}` for as many characters as they have; whoever may upload a key
 * may read it; `exceptKeys`, lifetimes, sizes, types, times and what is no legal key are not looked at; open uploads
 * can be listed in the whole bucket.
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
  const uploadBuckets = new Set<string>();
  for (const policy of policies) {
    for (const bucket of policy.buckets) {
      const arn = bucketArn(bucket, partition);
      const objects = policy.keys.map((key) => `${arn}/${toIamPattern(key)}`);
      for (const name of objectActionsOf(policy)) addAll(resources, name, objects);
      if (policy.actions.includes('list')) addAll(prefixes, arn, policy.keys.map(listPrefixOf));
      if (policy.actions.includes('upload')) uploadBuckets.add(arn);
    }
  }
  const document = {
    Version: '2012-10-17',
    Statement: [
      ...objectStatements(resources),
      ...listStatements(prefixes),
      ...openUploadsStatement(uploadBuckets),
    ],
  } as const;
  const { length } = toIamJson(document);
  if (length <= maxCharacters) return document;
  throw new ValetkeyError('session-policy-too-large', {
    field: 'the signer policy',
    expected: `at most ${maxCharacters} characters`,
    got: `${length}`,
    hint: 'Sign for fewer buckets with one identity, or begin keys with fewer folders.',
  });
}

function objectActionsOf({ actions, download }: Policy): readonly string[] {
  return actions.flatMap((action) => {
    if (action === 'list') return [];
    return action === 'download' && download.requireVersionId
      ? ['s3:GetObjectVersion']
      : actionsOnObjects[action];
  });
}

function listPrefixOf({ literalPrefix }: KeyPattern): string {
  return `${escapeIam(literalPrefix)}*`;
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

/** An upload that is tried again is looked for among the open ones; IAM cannot bound that to a prefix. */
function openUploadsStatement(buckets: ReadonlySet<string>): readonly IamStatement[] {
  if (buckets.size === 0) return [];
  const Action = ['s3:ListBucketMultipartUploads'];
  return [{ Sid: 'OpenUploads', Effect: 'Allow', Action, Resource: [...buckets].toSorted() }];
}

function addAll(sets: Map<string, Set<string>>, name: string, values: readonly string[]): void {
  const known = sets.get(name) ?? new Set();
  for (const value of values) known.add(value);
  sets.set(name, known);
}
