import { describe, expect, test } from 'vitest';

import { compilePolicy } from '../policy/policy.ts';
import type { Action } from '../policy/rule.ts';
import { compileBucketGuard } from './compile-bucket-guard.ts';
import { compileCors } from './compile-cors.ts';

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
      { AllowedOrigins: origins, AllowedMethods: ['PUT'], ExposeHeaders: ['ETag', 'x-amz-version-id'] },
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
