import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { evaluate } from '../grant/evaluate.ts';
import { createPolicySet } from '../policy/policy-set.ts';
import { compilePolicy } from '../policy/policy.ts';
import type { Action } from '../policy/rule.ts';
import { compileBucketGuard } from './compile-bucket-guard.ts';
import { compileCors } from './compile-cors.ts';
import { compileSignerPolicy } from './compile-signer-policy.ts';
import type { IamDocument } from './iam-document.ts';

const aPolicy = (actions: readonly Action[], keys: readonly string[], bucket = 'user-media', name = 'p') =>
  compilePolicy(
    {
      name,
      subjects: [{ kind: 'user' }],
      stores: ['media'],
      buckets: [bucket],
      rule: { actions: [...actions], keys: [...keys], lifetime: { max: '1h' } },
    },
    'policy',
  );

/** IAM's own wildcards, as its documentation has them. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .split(/(\$\{[*?$]\}|[*?])/)
    .map((piece) => {
      if (piece === '*') return '[^]*';
      if (piece === '?') return '[^]';
      const literal = /^\$\{([*?$])\}$/.exec(piece)?.[1] ?? piece;
      return literal.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
    })
    .join('');
  return new RegExp(`^${source}$`, 'u').test(text);
}

const allows = ({ Statement }: IamDocument, action: string, resource: string) =>
  Statement.some(
    ({ Action, Resource }) =>
      Action !== 's3:*' && Action.includes(action) && Resource.some((pattern) => matches(pattern, resource)),
  );

const iamActions = {
  GET: 's3:GetObject',
  HEAD: 's3:GetObject',
  PUT: 's3:PutObject',
  DELETE: 's3:DeleteObject',
} as const;

describe('the policy of the signer', () => {
  const segment = fc.constantFrom(
    'a',
    'b*',
    'c?',
    'd$',
    '{sub}',
    '{uuid}',
    '{any}',
    '{date}',
    'x-{name}',
    '{uuid}{ext}',
  );
  const pattern = fc
    .tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([parts, rest]) => [...parts, ...(rest ? ['{rest}'] : [])].join('/'));
  const policies = fc.array(
    fc.record({
      actions: fc.uniqueArray(fc.constantFrom<Action>('download', 'upload', 'delete'), { minLength: 1 }),
      keys: fc.array(pattern, { minLength: 1, maxLength: 3 }),
      bucket: fc.constantFrom('user-media', 'models'),
    }),
    { minLength: 1, maxLength: 3 },
  );
  const keySegment = fc.constantFrom(
    'a',
    'b*',
    'bx',
    'c?',
    'cy',
    'd$',
    'ann',
    'x-1',
    '2026-11-24',
    '0b54b5a4-9f0e-4c6e-8f5a-2f6f8f6f8f6f',
  );
  const key = fc.array(keySegment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

  test('allows whatever the policies allow to anybody, and nothing of another bucket or method', () => {
    let allowed = 0;
    fc.assert(
      fc.property(
        policies,
        key,
        fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE'),
        fc.constantFrom('user-media', 'models', 'other'),
        (inputs, asked, method, bucket) => {
          const compiled = inputs.map(({ actions, keys, bucket: own }, index) =>
            aPolicy(actions, keys, own, `p${index}`),
          );
          const document = compileSignerPolicy(compiled);
          const evaluation = evaluate(
            createPolicySet(compiled),
            { subject: { kind: 'user', id: 'ann', claims: {} }, store: 'media', bucket, method, key: asked },
            { nowMs: 0, newUuid: () => 'none' },
          );
          const isAllowed = allows(document, iamActions[method], `arn:aws:s3:::${bucket}/${asked}`);
          if (evaluation.allowed) {
            allowed += 1;
            expect(isAllowed).toBe(true);
          } else if (evaluation.denials.every(({ code }) => code === 'no-policy-matched')) {
            expect(isAllowed).toBe(false);
          }
        },
      ),
      { numRuns: 10_000 },
    );
    expect(allowed).toBeGreaterThan(200);
  });

  test('names each action for what it is needed on, sorted and merged', () => {
    const document = compileSignerPolicy([
      aPolicy(['download', 'list'], ['models/{rest}']),
      aPolicy(['upload'], ['in/{sub}/{uuid}{ext}', 'wei*rd/{any}'], 'user-media', 'q'),
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
    ]);
  });

  test('is refused when IAM would refuse it, with what to do', () => {
    const many = Array.from({ length: 200 }, (_, index) =>
      aPolicy(['download'], [`folder-number-${index}/{rest}`], 'user-media', `p${index}`),
    );
    expect(() => compileSignerPolicy(many)).toThrow(
      expect.objectContaining({ code: 'session-policy-too-large' }),
    );
  });
});

test('the guard of a bucket refuses plain http, old URLs and old signatures', () => {
  const { Statement } = compileBucketGuard([aPolicy(['download'], ['a/{rest}'])], {
    bucket: 'user-media',
    partition: 'aws-cn',
  });
  expect(Statement.map(({ Sid, Effect, Condition }) => [Sid, Effect, Condition])).toEqual([
    ['DenyWithoutTls', 'Deny', { Bool: { 'aws:SecureTransport': 'false' } }],
    [
      'DenyOldPresignedUrls',
      'Deny',
      {
        StringEquals: { 's3:authType': 'REST-QUERY-STRING' },
        NumericGreaterThan: { 's3:signatureAge': 3_660_000 },
      },
    ],
    ['DenyOtherSignatures', 'Deny', { StringNotEquals: { 's3:signatureversion': 'AWS4-HMAC-SHA256' } }],
  ]);
  expect(Statement[0]?.Resource).toEqual(['arn:aws-cn:s3:::user-media', 'arn:aws-cn:s3:::user-media/*']);
});

describe('CORS rules', () => {
  const origins = ['https://app.example.com'];

  test('let pages do what the policies allow', () => {
    expect(
      compileCors([aPolicy(['upload', 'list'], ['a/{uuid}'])], { bucket: 'user-media', origins }).CORSRules,
    ).toMatchObject([
      { AllowedOrigins: origins, AllowedMethods: ['PUT'], ExposeHeaders: ['ETag', 'x-amz-version-id'] },
    ]);
    expect(
      compileCors([aPolicy(['download'], ['a/{any}'])], { bucket: 'user-media', origins }).CORSRules,
    ).toMatchObject([{ AllowedMethods: ['GET', 'HEAD'], AllowedHeaders: [] }]);
  });

  test.each(['*', 'https://*.example.com', 'https://app.example.com/', 'app.example.com', 'null', ''])(
    '%j is no origin',
    (origin) => {
      expect(() =>
        compileCors([aPolicy(['download'], ['a/{any}'])], { bucket: 'user-media', origins: [origin] }),
      ).toThrow(expect.objectContaining({ code: 'invalid-configuration' }));
    },
  );

  test('a bucket of no policy gets none', () => {
    expect(() => compileCors([], { bucket: 'user-media', origins })).toThrow(
      expect.objectContaining({ code: 'invalid-configuration' }),
    );
  });
});
