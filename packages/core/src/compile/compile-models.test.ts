/** What guard and CORS rules let through, beside what the policies say. */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { denialsOf } from '../../test/iam/bucket-denies.ts';
import { propertyRuns } from '../../test/properties/property-runs.ts';
import { compilePolicy } from '../policy/policy.ts';
import type { Action } from '../policy/rule.ts';
import { parseSpecialBucket } from '../grammar/special-bucket.ts';
import { compileBucketGuard } from './compile-bucket-guard.ts';
import { compileCors } from './compile-cors.ts';
import { compileSignerPolicy } from './compile-signer-policy.ts';
import { toIamJson } from './iam-json.ts';

const runs = propertyRuns(2000);

interface Terms {
  readonly bucket: string;
  readonly actions: readonly Action[];
  readonly maxSeconds: number;
  readonly windowSeconds: number;
}

const terms: fc.Arbitrary<Terms> = fc.record({
  bucket: fc.constantFrom('user-media', 'models'),
  actions: fc.uniqueArray(fc.constantFrom<Action>('download', 'upload', 'list', 'delete'), { minLength: 1 }),
  maxSeconds: fc.constantFrom(1, 60, 3600, 604_800),
  windowSeconds: fc.constantFrom(0, 60, 604_800),
});
const policyOf = ({ bucket, actions, maxSeconds, windowSeconds }: Terms, index: number) =>
  compilePolicy(
    {
      name: `p${index}`,
      subjects: [{ kind: 'user' }],
      stores: ['media'],
      buckets: [bucket],
      rule: {
        actions: [...actions],
        keys: ['a/{any}'],
        lifetime: { max: `${maxSeconds}s` },
        download: windowSeconds === 0 ? {} : { cacheWindow: `${windowSeconds}s` },
      },
    },
    'policy',
  );

test('a guarded bucket refuses what is old, in the clear, unsigned or signed with Version 2, and nothing else', () => {
  let passed = 0;
  const request = fc.record({
    isSecure: fc.boolean(),
    authType: fc.constantFrom('REST-HEADER', 'REST-QUERY-STRING', 'POST', undefined),
    version: fc.constantFrom('AWS', 'AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'),
    ageSeconds: fc.constantFrom(0, 61, 62, 120, 121, 3660, 3661, 3720, 3721, 604_860, 604_861),
    bucket: fc.constantFrom('user-media', 'user-media-2'),
  });
  fc.assert(
    fc.property(fc.array(terms, { maxLength: 3 }), request, (all, asked) => {
      const { isSecure, authType, version, ageSeconds, bucket } = asked;
      const isSigned = authType !== undefined;
      const denials = denialsOf(
        toIamJson(compileBucketGuard(all.map(policyOf), { bucket: 'user-media' })),
        `arn:aws:s3:::${bucket}/a/b`,
        {
          'aws:SecureTransport': String(isSecure),
          'aws:PrincipalType': isSigned ? 'User' : 'Anonymous',
          's3:authType': authType,
          's3:signatureversion': isSigned ? version : undefined,
          's3:signatureAge': isSigned ? ageSeconds * 1000 : undefined,
        },
      );
      const lives = all
        .filter((each) => each.bucket === 'user-media')
        .map(({ maxSeconds, windowSeconds }) => Math.min(604_800, maxSeconds + windowSeconds));
      const longest = lives.length === 0 ? 604_800 : Math.max(...lives);
      const isFresh = authType !== 'REST-QUERY-STRING' || ageSeconds <= longest + 60;
      const passes = bucket !== 'user-media' || (isSecure && isSigned && version !== 'AWS' && isFresh);
      if (passes) passed += 1;
      expect({ asked, denials: denials.length === 0 }).toEqual({ asked, denials: passes });
    }),
    { numRuns: runs },
  );
  expect(passed).toBeGreaterThan(runs / 10);
});

test('CORS rules let a page of their origins do what a policy of the bucket allows, and no other page anything', () => {
  const origins = ['https://app.example.com', 'http://localhost:5173'];
  const preflight = fc.record({
    origin: fc.constantFrom(...origins, 'https://evil.example', 'https://app.example.com:8443'),
    method: fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE', 'POST'),
    header: fc.constantFrom(
      undefined,
      'content-type',
      'x-amz-meta-caption',
      'if-none-match',
      'authorization',
    ),
  });
  fc.assert(
    fc.property(
      fc.array(terms, { minLength: 1, maxLength: 3 }),
      preflight,
      (all, { origin, method, header }) => {
        const actions = new Set(
          all.filter(({ bucket }) => bucket === 'models').flatMap((each) => each.actions),
        );
        if (!actions.has('download') && !actions.has('upload')) return;
        const [rule] = compileCors(all.map(policyOf), { bucket: 'models', origins }).CORSRules;
        const allowsHeader = (pattern: string) =>
          pattern.endsWith('*') ? header?.startsWith(pattern.slice(0, -1)) === true : header === pattern;
        const isAllowed =
          rule !== undefined &&
          rule.AllowedOrigins.includes(origin) &&
          rule.AllowedMethods.includes(method) &&
          (header === undefined || rule.AllowedHeaders.some(allowsHeader));
        const reads = actions.has('download') && ['GET', 'HEAD'].includes(method);
        const writes = actions.has('upload') && method === 'PUT';
        const carries = header === undefined || (actions.has('upload') && header !== 'authorization');
        expect(isAllowed).toBe(origins.includes(origin) && (reads || writes) && carries);
      },
    ),
    { numRuns: runs },
  );
});

test('the signer may read through access points what policies let be read, and open sessions of directory buckets', () => {
  const special = (place: string) => parseSpecialBucket(place, 'place');
  const stores = new Map([
    [
      'media',
      {
        specialBuckets: new Map([
          ['reports', special('arn:aws:s3:eu-central-1:123456789012:accesspoint:reports')],
          ['everywhere', special('arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap')],
          ['express', special('data--euc1-az1--x-s3')],
        ]),
      },
    ],
  ]);
  const policies = ['reports', 'everywhere', 'express', 'plain'].map((bucket, index) =>
    policyOf({ bucket, actions: ['download'], maxSeconds: 60, windowSeconds: 0 }, index),
  );
  const objects = [
    'arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap/object/a/*',
    'arn:aws:s3:::plain/a/*',
    'arn:aws:s3:eu-central-1:123456789012:accesspoint/reports/object/a/*',
  ];
  expect(compileSignerPolicy(policies, { stores }).Statement).toEqual([
    { Sid: 'Objects1', Effect: 'Allow', Action: ['s3:GetObject', 's3:GetObjectVersion'], Resource: objects },
    {
      Sid: 'Sessions',
      Effect: 'Allow',
      Action: ['s3express:CreateSession'],
      Resource: ['arn:aws:s3express:*:*:bucket/data--euc1-az1--x-s3'],
      Condition: { StringEquals: { 's3express:SessionMode': 'ReadOnly' } },
    },
  ]);
});
