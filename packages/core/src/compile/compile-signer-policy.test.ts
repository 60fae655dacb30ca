import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { iamAllows } from '../../test/iam/evaluate-iam.ts';
import { propertyRuns } from '../../test/properties/property-runs.ts';
import { evaluate } from '../grant/evaluate.ts';
import { evaluateList } from '../policy/list-scope.ts';
import { createPolicySet } from '../policy/policy-set.ts';
import { compilePolicy, type PolicyInput } from '../policy/policy.ts';
import type { Action } from '../policy/rule.ts';
import { compileSignerPolicy } from './compile-signer-policy.ts';
import { toIamJson } from './iam-json.ts';

const runs = propertyRuns(3000);
const uuid = '0b54b5a4-9f0e-4c6e-8f5a-2f6f8f6f8f6f';
const ann = { kind: 'user', id: 'ann', claims: { tenant: 't1' } } as const;

const aPolicy = (name: string, bucket: string, rule: Omit<PolicyInput['rule'], 'lifetime'>) =>
  compilePolicy({ name, subjects: [{ kind: 'user' }], stores: ['media'], buckets: [bucket], rule }, 'policy');

const literal = fc.constantFrom('a', 'b*', 'c?', 'd$', 'e$*', '語');
const variable = fc.constantFrom(
  '{sub}',
  '{claims.tenant}',
  '{uuid}',
  '{any}',
  '{date}',
  'x-{name}',
  '{uuid}{ext}',
);
const patternOf = (segment: fc.Arbitrary<string>) =>
  fc
    .tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([parts, rest]) => [...parts, ...(rest ? ['{rest}'] : [])].join('/'));
const policiesOf = (pattern: fc.Arbitrary<string>) =>
  fc
    .array(
      fc.record({
        bucket: fc.constantFrom('user-media', 'models'),
        rule: fc.record({
          actions: fc.uniqueArray(fc.constantFrom<Action>('download', 'upload', 'delete', 'list'), {
            minLength: 1,
          }),
          keys: fc.array(pattern, { minLength: 1, maxLength: 3 }),
          download: fc.constantFrom(undefined, { requireVersionId: true }),
        }),
      }),
      { minLength: 1, maxLength: 3 },
    )
    .map((inputs) => inputs.map(({ bucket, rule }, index) => aPolicy(`p${index}`, bucket, rule)));
const key = fc
  .array(
    fc.constantFrom(
      'a',
      'b*',
      'bx',
      'c?',
      'cy',
      'd$',
      'e$*',
      'e*',
      '語',
      'ann',
      't1',
      'x-1',
      '2026-11-24',
      uuid,
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) => parts.join('/'));
const request = fc.record({
  key,
  method: fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE'),
  bucket: fc.constantFrom('user-media', 'models', 'other'),
  versionId: fc.constantFrom(undefined, 'v1'),
});
type Asked = typeof request extends fc.Arbitrary<infer T> ? T : never;
type Policies = readonly ReturnType<typeof aPolicy>[];

const policiesAllow = (policies: Policies, { versionId, method, ...asked }: Asked) =>
  evaluate(
    createPolicySet(policies),
    { subject: ann, store: 'media', method, versionId: method === 'PUT' ? undefined : versionId, ...asked },
    { nowMs: 0, newUuid: () => uuid },
  ).allowed;

const documentAllows = (policies: Policies, { key: asked, method, bucket, versionId }: Asked) =>
  iamAllows(toIamJson(compileSignerPolicy(policies)), {
    action: actionOf(method, versionId),
    resource: `arn:aws:s3:::${bucket}/${asked}`,
  });

describe('the policy of the signer', () => {
  test('allows exactly what policies of plain text allow; whoever uploads may read', () => {
    let allowed = 0;
    fc.assert(
      fc.property(policiesOf(patternOf(literal)), request, (policies, asked) => {
        const expected =
          policiesAllow(policies, asked) ||
          (actionOf(asked.method, asked.versionId) === 's3:GetObject' &&
            policiesAllow(policies, { ...asked, method: 'PUT' }));
        if (expected) allowed += 1;
        expect(documentAllows(policies, asked)).toBe(expected);
      }),
      { numRuns: runs },
    );
    expect(allowed).toBeGreaterThan(runs / 150);
  });

  test('allows all that policies with variables allow, and beyond it only other text for the variables', () => {
    let allowed = 0;
    fc.assert(
      fc.property(policiesOf(patternOf(fc.oneof(literal, variable))), request, (policies, asked) => {
        const isAllowed = documentAllows(policies, asked);
        if (policiesAllow(policies, asked)) {
          allowed += 1;
          expect(isAllowed).toBe(true);
        }
        expect(isAllowed).toBe(policies.some((policy) => allowsWithAnyText(policy, asked)));
      }),
      { numRuns: runs },
    );
    expect(allowed).toBeGreaterThan(runs / 200);
  });

  test('lets every prefix be listed that a subject may list, and none without the text in front of the variables', () => {
    fc.assert(
      fc.property(
        policiesOf(patternOf(fc.oneof(literal, variable))),
        key.map((prefix) => `${prefix}/`),
        fc.constantFrom('user-media', 'models', 'other'),
        (policies, prefix, bucket) => {
          const own = policies.filter(({ buckets }) => buckets.some((name) => name === bucket));
          const isAllowed = iamAllows(toIamJson(compileSignerPolicy(policies)), {
            action: 's3:ListBucket',
            resource: `arn:aws:s3:::${bucket}`,
            prefix,
          });
          if (own.some((policy) => evaluateList(policy, ann, prefix).allowed)) expect(isAllowed).toBe(true);
          expect(isAllowed).toBe(
            own.some(
              ({ actions, keys }) =>
                actions.includes('list') && keys.some(({ text }) => prefix.startsWith(textInFront(text))),
            ),
          );
        },
      ),
      { numRuns: runs },
    );
  });

  test('names each action for what it is needed on, sorted and merged', () => {
    const document = compileSignerPolicy([
      aPolicy('p', 'user-media', { actions: ['download', 'list'], keys: ['models/{rest}'] }),
      aPolicy('q', 'user-media', { actions: ['upload'], keys: ['in/{sub}/{uuid}{ext}', 'wei*rd/{any}'] }),
    ]);
    expect(document.Statement).toEqual([
      {
        Sid: 'Objects1',
        Effect: 'Allow',
        Action: ['s3:GetObject'],
        Resource: [
          `arn:aws:s3:::user-media/in/*/${'?'.repeat(36)}*`,
          'arn:aws:s3:::user-media/models/*',
          'arn:aws:s3:::user-media/wei${*}rd/*',
        ],
      },
      {
        Sid: 'Objects2',
        Effect: 'Allow',
        Action: ['s3:GetObjectVersion'],
        Resource: ['arn:aws:s3:::user-media/models/*'],
      },
      {
        Sid: 'Objects3',
        Effect: 'Allow',
        Action: ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts', 's3:PutObject'],
        Resource: [`arn:aws:s3:::user-media/in/*/${'?'.repeat(36)}*`, 'arn:aws:s3:::user-media/wei${*}rd/*'],
      },
      {
        Sid: 'List1',
        Effect: 'Allow',
        Action: ['s3:ListBucket'],
        Resource: ['arn:aws:s3:::user-media'],
        Condition: { StringLike: { 's3:prefix': ['models/*'] } },
      },
      {
        Sid: 'OpenUploads',
        Effect: 'Allow',
        Action: ['s3:ListBucketMultipartUploads'],
        Resource: ['arn:aws:s3:::user-media'],
      },
    ]);
  });

  test('is refused when IAM would refuse it, with what to do', () => {
    const many = Array.from({ length: 200 }, (_, index) =>
      aPolicy(`p${index}`, 'user-media', { actions: ['download'], keys: [`folder-number-${index}/{rest}`] }),
    );
    expect(() => compileSignerPolicy(many)).toThrow(
      expect.objectContaining({ code: 'session-policy-too-large' }),
    );
  });
});

function actionOf(method: Asked['method'], versionId: string | undefined): string {
  if (method === 'PUT') return 's3:PutObject';
  return `s3:${method === 'DELETE' ? 'Delete' : 'Get'}Object${versionId === undefined ? '' : 'Version'}`;
}

/** The policy, with each variable for any text, or any text of its length. Nothing else may be added by the compiler. */
function allowsWithAnyText({ actions, buckets, keys, download }: Policies[number], asked: Asked): boolean {
  if (!buckets.some((bucket) => bucket === asked.bucket)) return false;
  const action = actionOf(asked.method, asked.versionId);
  const isNamed =
    (actions.includes('download') &&
      (action === 's3:GetObjectVersion' || (action === 's3:GetObject' && !download.requireVersionId))) ||
    (actions.includes('upload') && (action === 's3:PutObject' || action === 's3:GetObject')) ||
    (actions.includes('delete') && asked.method === 'DELETE');
  return isNamed && keys.some(({ text }) => isAnyText(text, asked.key));
}

function isAnyText(pattern: string, text: string): boolean {
  const [, before = '', name, after = ''] = /^(.*?)\{(\w[^}]*)\}(.*)$/u.exec(pattern) ?? [];
  if (name === undefined) return pattern === text;
  if (!text.startsWith(before)) return false;
  const rest = text.slice(before.length);
  if (name === 'uuid') return rest.length >= 36 && isAnyText(after, rest.slice(36));
  if (name === 'date') return /^.{4}-.{2}-.{2}/u.test(rest) && isAnyText(after, rest.slice(10));
  for (let end = 0; end <= rest.length; end += 1) if (isAnyText(after, rest.slice(end))) return true;
  return false;
}

function textInFront(pattern: string): string {
  return pattern.split('{', 1)[0] ?? '';
}
