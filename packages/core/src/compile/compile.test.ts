import { describe, expect, test } from 'vitest';

import { compilePolicy } from '../policy/policy.ts';
import type { Action } from '../policy/rule.ts';
import { compileBucketGuard } from './compile-bucket-guard.ts';
import { compileCors } from './compile-cors.ts';
import { compileLifecycle } from './compile-lifecycle.ts';

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
    ['DenySignatureVersion2', 'Deny', { StringEquals: { 's3:signatureversion': 'AWS' } }],
    ['DenyUnsigned', 'Deny', { StringEquals: { 'aws:PrincipalType': 'Anonymous' } }],
  ]);
  expect(Statement[0]?.Resource).toEqual(['arn:aws-cn:s3:::user-media', 'arn:aws-cn:s3:::user-media/*']);
});

describe('CORS rules', () => {
  const origins = ['https://app.example.com'];

  test('let pages do what the policies allow', () => {
    expect(
      compileCors([aPolicy(['upload', 'list'], ['a/{uuid}'])], { bucket: 'user-media', origins }).CORSRules,
    ).toMatchObject([
      {
        AllowedOrigins: origins,
        AllowedMethods: ['PUT'],
        ExposeHeaders: ['ETag', 'Retry-After', 'x-amz-version-id'],
      },
    ]);
    expect(
      compileCors([aPolicy(['download'], ['a/{any}'])], { bucket: 'user-media', origins }).CORSRules,
    ).toMatchObject([{ AllowedMethods: ['GET', 'HEAD'], AllowedHeaders: [] }]);
    const plain = aPolicy(['upload'], ['a/{uuid}']);
    const served = { ...plain, upload: { ...plain.upload, headers: ['content-disposition'] as const } };
    expect(compileCors([served], { bucket: 'user-media', origins }).CORSRules[0]?.AllowedHeaders).toEqual([
      'content-disposition',
      'content-type',
      'if-none-match',
      'x-amz-checksum-*',
      'x-amz-meta-*',
    ]);
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

describe('the lifecycle rule', () => {
  const withSession = (session: string, actions: Action[] = ['upload'], bucket = 'user-media') =>
    compilePolicy(
      {
        name: session,
        subjects: [{ kind: 'user' }],
        stores: ['media'],
        buckets: [bucket],
        rule: { actions, keys: ['a/{uuid}'], lifetime: { max: '1h' }, upload: { session } },
      },
      'policy',
    );

  test.each([
    ['1s', 1],
    ['24h', 1],
    ['24h1s', 2],
    ['168h', 7],
  ])('a session of %s is over after %i days', (session, days) => {
    const policies = [withSession('1s'), withSession(session)];
    expect(compileLifecycle(policies, { bucket: 'user-media' }).Rules).toMatchObject([
      { Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: days } },
    ]);
  });

  test('sessions of other buckets, and of policies that only read, do not count', () => {
    const policies = [
      withSession('1s'),
      withSession('168h', ['download']),
      withSession('96h', ['upload'], 'other'),
    ];
    expect(compileLifecycle(policies, { bucket: 'user-media' }).Rules).toMatchObject([
      { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
    ]);
  });

  test.each([[[]], [[withSession('1s', ['download'])]]])(
    'a bucket that takes no upload gets none',
    (policies) => {
      expect(() => compileLifecycle(policies, { bucket: 'user-media' })).toThrow(
        expect.objectContaining({ code: 'invalid-configuration' }),
      );
    },
  );
});
