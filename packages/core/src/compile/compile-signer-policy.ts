import { ValetkeyError } from '../errors.ts';
import type { KeyPattern } from '../policy/key-pattern.ts';
import type { Policy } from '../policy/policy.ts';
import type { Action } from '../policy/rule.ts';
import { bucketArn, type AwsPartition, type IamDocument, type IamStatement } from './iam-document.ts';
import { toIamJson } from './iam-json.ts';
import { escapeIam, toIamPattern } from './iam-pattern.ts';
import type { SpecialBucket } from '../grammar/special-bucket.ts';
import type { Store } from '../store/store.ts';

/** IAM's limit for a managed policy, white space not counted. */
const maxCharacters = 6144;

const actionsOnObjects: Readonly<Record<Exclude<Action, 'list'>, readonly string[]>> = {
  download: ['s3:GetObject', 's3:GetObjectVersion'],
  // HEAD, which verifies an upload, is GetObject to IAM.
  upload: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:PutObject'],
  delete: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
};

/** How a {@link compileSignerPolicy} is made. @public */
export interface SignerPolicyOptions {
  /** @default 'aws' */
  readonly partition?: AwsPartition;
  /**
   * The stores by their names, for the access points and directory buckets behind the names that policies use.
   * @default each bucket is one
   */
  readonly stores?: ReadonlyMap<string, Pick<Store, 'specialBuckets'>>;
}

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
  { partition = 'aws', stores }: SignerPolicyOptions = {},
): IamDocument {
  const needed: Needed = { objects: new Map(), prefixes: new Map(), uploads: new Set(), sessions: new Set() };
  for (const policy of policies) {
    for (const bucket of policy.buckets) {
      for (const store of policy.stores) {
        const special = stores?.get(store)?.specialBuckets?.get(bucket);
        if (special === undefined) addBucket(needed, policy, bucketArn(bucket, partition));
        else addSpecialBucket(needed, policy, special);
      }
    }
  }
  const document = {
    Version: '2012-10-17',
    Statement: [
      ...objectStatements(needed.objects),
      ...listStatements(needed.prefixes),
      ...openUploadsStatement(needed.uploads),
      ...sessionsStatement(needed.sessions),
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

/** What has to be allowed, each with the ARNs or prefixes it is needed on. */
interface Needed {
  /** By action. */
  readonly objects: Map<string, Set<string>>;
  /** By bucket. */
  readonly prefixes: Map<string, Set<string>>;
  readonly uploads: Set<string>;
  readonly sessions: Set<string>;
}

function addBucket(needed: Needed, policy: Policy, arn: string): void {
  const objects = policy.keys.map((key) => `${arn}/${toIamPattern(key)}`);
  for (const name of objectActionsOf(policy)) addAll(needed.objects, name, objects);
  if (policy.actions.includes('list')) addAll(needed.prefixes, arn, policy.keys.map(listPrefixOf));
  if (policy.actions.includes('upload')) needed.uploads.add(arn);
}

/** Serves downloads only: a configuration with another policy of it is refused. */
function addSpecialBucket(needed: Needed, policy: Policy, special: SpecialBucket): void {
  if (special.kind === 'directory') {
    needed.sessions.add(`arn:aws:s3express:*:*:bucket/${special.bucket}`);
    return;
  }
  const arn = special.arn.replace(':accesspoint:', ':accesspoint/');
  const objects = policy.keys.map((key) => `${arn}/object/${toIamPattern(key)}`);
  for (const name of objectActionsOf(policy)) addAll(needed.objects, name, objects);
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

/** Objects of a directory bucket are read within a session, which is all that IAM is asked for. */
function sessionsStatement(buckets: ReadonlySet<string>): readonly IamStatement[] {
  if (buckets.size === 0) return [];
  const Condition = { StringEquals: { 's3express:SessionMode': 'ReadOnly' } };
  const Action = ['s3express:CreateSession'];
  return [{ Sid: 'Sessions', Effect: 'Allow', Action, Resource: [...buckets].toSorted(), Condition }];
}

function addAll(sets: Map<string, Set<string>>, name: string, values: readonly string[]): void {
  const known = sets.get(name) ?? new Set();
  for (const value of values) known.add(value);
  sets.set(name, known);
}
