import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { iamAllows } from '../../test/iam/evaluate-iam.ts';
import { propertyRuns } from '../../test/properties/property-runs.ts';
import { ownerGrant, type OwnerRequest } from '../grant/owner-grant.ts';
import { defineStore } from '../store/define-store.ts';
import { compileSessionPolicy } from './compile-session-policy.ts';

const store = defineStore({ name: 'media', profile: 'aws', region: 'eu-central-1' });
const aGrant = (change: Partial<OwnerRequest> = {}) =>
  ownerGrant(
    { method: 'GET', bucket: 'models', key: 'vision/v3/weights.bin', lifetimeSeconds: 60, ...change },
    store,
  );

const request = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE'),
  bucket: fc.constantFrom('models', 'user-media'),
  key: fc.constantFrom(
    'a',
    'a*',
    'ab',
    'a?',
    'a/b',
    'a$',
    'a${*}',
    '${aws:username}',
    'é',
    '語',
    '𝒳',
    'a "b" \\ c',
    ' ',
  ),
  versionId: fc.constantFrom(undefined, 'v1'),
});
const actionOf = ({
  method,
  versionId,
}: {
  readonly method: string;
  readonly versionId: string | undefined;
}) => {
  if (method === 'PUT') return 's3:PutObject';
  return `s3:${method === 'DELETE' ? 'Delete' : 'Get'}Object${versionId === undefined ? '' : 'Version'}`;
};

describe('a session policy', () => {
  test('allows the actions of its grants on their objects, and no others', () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 6 }), request, (granted, asked) => {
        const text = compileSessionPolicy(granted.map((terms) => aGrant(terms)));
        expect(
          iamAllows(text, { action: actionOf(asked), resource: `arn:aws:s3:::${asked.bucket}/${asked.key}` }),
        ).toBe(
          granted.some(
            (grant) =>
              grant.bucket === asked.bucket && grant.key === asked.key && actionOf(grant) === actionOf(asked),
          ),
        );
      }),
      { numRuns: propertyRuns(2000) },
    );
  });

  test('is text that STS takes: Latin letters only, 2,048 characters at most', () => {
    const grants = [
      aGrant({ key: '語/𝒳' }),
      aGrant({ key: 'b', method: 'HEAD' }),
      aGrant({ key: 'b', versionId: 'v' }),
    ];
    expect(compileSessionPolicy(grants, { partition: 'aws-cn' })).toBe(
      '{"Version":"2012-10-17","Statement":[' +
        '{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws-cn:s3:::models/\\u8a9e/\\ud835\\udcb3"]},' +
        '{"Effect":"Allow","Action":["s3:GetObject","s3:GetObjectVersion"],"Resource":["arn:aws-cn:s3:::models/b"]}]}',
    );
  });

  test('lets an upload have the tags and the lock that its grant signs', () => {
    const checksum = { algorithm: 'CRC32', value: 'AAAAAA==' } as const;
    const grant = aGrant({
      method: 'PUT',
      upload: { tagging: { team: 'a' }, checksum, objectLock: { legalHold: true } },
    });
    const resource = 'arn:aws:s3:::models/vision/v3/weights.bin';
    for (const action of ['s3:PutObject', 's3:PutObjectTagging', 's3:PutObjectLegalHold']) {
      expect(iamAllows(compileSessionPolicy([grant]), { action, resource })).toBe(true);
      expect(iamAllows(compileSessionPolicy([aGrant({ method: 'PUT' })]), { action, resource })).toBe(
        action === 's3:PutObject',
      );
    }
  });

  test('that STS would refuse is refused, with what to do', () => {
    const grants = Array.from({ length: 40 }, (_, index) =>
      aGrant({ key: `a-rather-long-folder-name/object-${index}` }),
    );
    expect(() => compileSessionPolicy(grants)).toThrow(
      expect.objectContaining({
        code: 'session-policy-too-large',
        expected: 'at most 2048 characters',
        got: expect.stringMatching(/^\d+ for 40 grants$/),
        hint: expect.any(String),
      }),
    );
  });

  test('of no grants is refused, since a role without one may do all it may', () => {
    expect(() => compileSessionPolicy([])).toThrow(expect.objectContaining({ code: 'invalid-policy' }));
  });
});
