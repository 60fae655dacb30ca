/** What a compiled policy says, from its defaults to its bounds. */
import { describe, expect, test } from 'vitest';

import { createPolicySet } from './policy-set.ts';
import { compilePolicy, type PolicyInput } from './policy.ts';

const mebibyte = 1024 * 1024;

type Change = Partial<Omit<PolicyInput, 'rule'>> & { readonly rule?: Partial<PolicyInput['rule']> };

const aPolicy = ({ rule, ...change }: Change = {}) =>
  compilePolicy(
    {
      name: 'files',
      subjects: [{ kind: 'user' }],
      stores: ['media'],
      buckets: ['user-media'],
      rule: { actions: ['upload'], keys: ['a/{any}'], ...rule },
      ...change,
    },
    'policies[0]',
  );

test('what is left out is a strict policy of one hour that uploads anything of one part up to 16 MiB', () => {
  expect(aPolicy()).toEqual({
    name: 'files',
    subjects: [{ kind: 'user' }],
    stores: ['media'],
    buckets: ['user-media'],
    actions: ['upload'],
    keys: [expect.objectContaining({ text: 'a/{any}' })],
    exceptKeys: [],
    keyRules: { syntax: 'strict', slashes: 'collapsed' },
    notBeforeMs: undefined,
    notAfterMs: undefined,
    lifetime: { defaultSeconds: 3600, maxSeconds: 3600 },
    upload: {
      maxBytes: undefined,
      minBytes: 0,
      contentTypes: undefined,
      checksum: 'optional',
      overwrite: true,
      metadata: [],
      headers: [],
      maxFiles: undefined,
      multipartThresholdBytes: 16 * mebibyte,
      partBytes: 'auto',
      sessionSeconds: 86_400,
    },
    download: { disposition: undefined, requireVersionId: false, cacheWindowSeconds: 0 },
    rateLimit: {},
  });
});

test('what is given is kept, in seconds, bytes and milliseconds', () => {
  const rateLimit = { requests: { count: 30, windowSeconds: 60 } };
  expect(
    aPolicy({
      subjects: [{ kind: 'anonymous' }, { kind: 'user' }],
      slashes: 'exact',
      notBefore: '2026-11-23T00:00:00Z',
      notAfter: '2026-11-23T00:00:00.001Z',
      rateLimit,
      rule: {
        exceptKeys: ['a/secret'],
        keySyntax: 'raw',
        lifetime: { max: '168h' },
        upload: {
          maxSize: 7,
          minSize: '7',
          contentTypes: ['Image/PNG'],
          checksum: 'none',
          overwrite: false,
          metadata: ['caption'],
          headers: ['cache-control'],
          maxFiles: 2,
          multipartThreshold: '5Gi',
          partSize: '5Mi',
          session: '1s',
        },
        download: { disposition: 'inline', requireVersionId: true, cacheWindow: '1s' },
      },
    }),
  ).toMatchObject({
    exceptKeys: [{ text: 'a/secret' }],
    keyRules: { syntax: 'raw', slashes: 'exact' },
    notBeforeMs: Date.parse('2026-11-23T00:00:00Z'),
    notAfterMs: Date.parse('2026-11-23T00:00:00.001Z'),
    lifetime: { defaultSeconds: 3600, maxSeconds: 604_800 },
    upload: {
      maxBytes: 7,
      minBytes: 7,
      contentTypes: ['image/png'],
      checksum: 'none',
      overwrite: false,
      metadata: ['caption'],
      headers: ['cache-control'],
      maxFiles: 2,
      multipartThresholdBytes: 5 * 1024 * mebibyte,
      partBytes: 5 * mebibyte,
      sessionSeconds: 1,
    },
    download: { disposition: 'inline', requireVersionId: true, cacheWindowSeconds: 1 },
    rateLimit,
  });
  expect(aPolicy({ rule: { lifetime: { max: '1m' } } }).lifetime.defaultSeconds).toBe(60);
  expect(aPolicy({ rule: { lifetime: { max: '1h', default: '1h' } } }).lifetime.defaultSeconds).toBe(3600);
  expect(aPolicy({ rule: { upload: { partSize: 'auto' } } }).upload.partBytes).toBe('auto');
});

describe('refused, word for word', () => {
  test.each<readonly [Change, string, string, string]>([
    [
      { rule: { exceptKeys: ['a//b'] } },
      'exceptKeys[0]',
      'no empty segment, and no leading or trailing slash',
      '"a//b"',
    ],
    [
      { notBefore: '2026-11-23T00:00:00Z', notAfter: '2026-11-23T00:00:00Z' },
      'notAfter',
      'an instant after notBefore, which is "2026-11-23T00:00:00Z"',
      '"2026-11-23T00:00:00Z"',
    ],
    [
      { subjects: [{ kind: 'user' }, { kind: 'anonymous' }] },
      'rateLimit',
      'a rateLimit of requests, because anonymous subjects are allowed',
      'none',
    ],
    [
      { rateLimit: { requests: { count: 1, windowSeconds: 576 * 3600 + 1 } } },
      'rateLimit.requests',
      'a time of at most 576h (24 days), which is as long as a timer can be',
      '2073601 seconds',
    ],
    [
      { rateLimit: { bytes: { count: 1, windowSeconds: 0 } } },
      'rateLimit.bytes',
      'a time of at most 576h (24 days), which is as long as a timer can be',
      '0 seconds',
    ],
    [{ rule: { lifetime: { max: '0s' } } }, 'lifetime.max', 'from 1s to 168h', '"0s"'],
    [{ rule: { lifetime: { max: '168h1s' } } }, 'lifetime.max', 'from 1s to 168h', '"168h1s"'],
    [{ rule: { lifetime: { max: '1h', default: '0s' } } }, 'lifetime.default', 'from 1s to 168h', '"0s"'],
    [
      { rule: { lifetime: { max: '1h', default: '1h1s' } } },
      'lifetime.default',
      'at most lifetime.max, which is "1h"',
      '"1h1s"',
    ],
    [{ rule: { upload: { session: '169h' } } }, 'upload.session', 'from 1s to 168h', '"169h"'],
    [{ rule: { download: { cacheWindow: '0s' } } }, 'download.cacheWindow', 'from 1s to 168h', '"0s"'],
    [
      { rule: { upload: { maxSize: 7, minSize: 8 } } },
      'upload.minSize',
      'at most maxSize, which is 7 bytes',
      '8 bytes',
    ],
    [{ rule: { upload: { partSize: 5 * mebibyte - 1 } } }, 'upload.partSize', 'from 5Mi to 5Gi', '5242879'],
    [
      { rule: { upload: { multipartThreshold: 5 * 1024 * mebibyte + 1 } } },
      'upload.multipartThreshold',
      'from 5Mi to 5Gi',
      '5368709121',
    ],
  ])('%j', (change, field, expected, got) => {
    expect(() => aPolicy(change)).toThrow(
      expect.objectContaining({ code: 'invalid-policy', field: `policies[0].${field}`, expected, got }),
    );
  });

  test.each<readonly [Change, string]>([
    [{ buckets: ['user-media', '..'] }, 'buckets[1]'],
    [{ notBefore: 'x' }, 'notBefore'],
    [{ notAfter: 'x' }, 'notAfter'],
    [{ rule: { lifetime: { max: 'x' } } }, 'lifetime.max'],
    [{ rule: { upload: { maxSize: 'x' } } }, 'upload.maxSize'],
    [{ rule: { upload: { minSize: 'x' } } }, 'upload.minSize'],
    [{ rule: { upload: { contentTypes: ['a/b', 'x'] } } }, 'upload.contentTypes[1]'],
    [{ rule: { upload: { multipartThreshold: 'x' } } }, 'upload.multipartThreshold'],
  ])('%j, naming the field', (change, field) => {
    expect(() => aPolicy(change)).toThrow(expect.objectContaining({ field: `policies[0].${field}` }));
  });

  test('two policies of one name', () => {
    expect(() => createPolicySet([aPolicy(), aPolicy()])).toThrow(
      expect.objectContaining({
        code: 'invalid-policy',
        field: 'policies',
        expected: 'a different name for each policy',
        got: '"files" twice',
      }),
    );
  });
});
