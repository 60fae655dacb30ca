import { describe, expect, test } from 'vitest';

import { createPolicySet } from '../policy/policy-set.ts';
import { evaluate } from '../grant/evaluate.ts';
import { loadConfiguration, parseConfiguration } from './configuration.ts';

const valid = `stores:
  media:
    profile: aws
    region: eu-central-1
    publicEndpoint: https://files.example.com
    maxLifetime: 12h
policies:
  - name: avatars
    subjects: [{ kind: user, claims: { aud: web } }]
    store: media
    bucket: user-media
    actions: [upload]
    keys: ["avatars/{sub}/{uuid}{ext}"]
    lifetime: { default: 5m, max: 15m }
    upload: { maxSize: 5Mi, minSize: 1, contentTypes: [image/png], overwrite: false, session: 24h }
server:
  listen: 127.0.0.1:8787
`;
const parse = (text: string) => parseConfiguration(text, 'valetkey.yaml');

describe('a configuration', () => {
  test('gives stores with their defaults and compiled policies', () => {
    const { stores, policies } = parse(valid);
    expect(stores.get('media')).toMatchObject({
      store: {
        endpoint: 'https://s3.eu-central-1.amazonaws.com',
        publicEndpoint: 'https://files.example.com',
        maxLifetimeSeconds: 43_200,
      },
      credentials: { default: {} },
    });
    expect(policies).toMatchObject([
      {
        name: 'avatars',
        lifetime: { defaultSeconds: 300, maxSeconds: 900 },
        upload: { maxBytes: 5_242_880, minBytes: 1 },
      },
    ]);
  });

  test.each([
    ['secretFile: { path: keys/media.json }', { secretFile: { path: '/etc/valetkey/keys/media.json' } }],
    ['secretFile: { path: ../media.json }', { secretFile: { path: '/etc/media.json' } }],
    ['secretFile: { path: /run/media.json }', { secretFile: { path: '/run/media.json' } }],
    [
      'webIdentity: { roleArn: "arn:aws:iam::123456789012:role/a", tokenFile: token }',
      { webIdentity: { roleArn: 'arn:aws:iam::123456789012:role/a', tokenFile: '/etc/valetkey/token' } },
    ],
  ])('credentials of %s lead from the folder of the file', (credentials, expected) => {
    const text = `stores:\n  media:\n    profile: aws\n    region: eu-central-1\n    credentials: { ${credentials} }\n`;
    const { stores } = parseConfiguration(text, '/etc/valetkey/valetkey.yaml');
    expect(stores.get('media')?.credentials).toEqual(expected);
  });

  test('a key of CloudFront leads from there too', () => {
    const text = `stores:
  cdn:
    profile: cloudfront
    endpoint: https://d111111abcdef8.cloudfront.net
    bucket: models
    credentials: { cloudfrontKey: { keyPairId: K2JCJMDEHXQW5F, privateKeyFile: cdn.pem } }
`;
    expect(parseConfiguration(text, 'conf/valetkey.yaml').stores.get('cdn')?.credentials).toEqual({
      cloudfrontKey: { keyPairId: 'K2JCJMDEHXQW5F', privateKeyFile: 'conf/cdn.pem' },
    });
  });

  test('names the endpoint of AWS by the options of its SDK', () => {
    const text = valid.replace(
      '    publicEndpoint: https://files.example.com\n',
      '    useDualstackEndpoint: true\n    useAccelerateEndpoint: true\n',
    );
    expect(parse(text).stores.get('media')?.store).toMatchObject({
      endpoint: 'https://s3.dualstack.eu-central-1.amazonaws.com',
      publicEndpoint: 'https://s3-accelerate.dualstack.amazonaws.com',
    });
  });

  test('may say all that a policy can say', () => {
    const everything = `stores:
  media: { profile: aws, region: eu-central-1, endpoint: "https://s3.internal:9000", addressing: virtual }
policies:
  - name: avatars
    subjects: [{ kind: user, claims: { aud: [web, app] } }, { kind: anonymous }]
    store: media
    bucket: user-media
    actions: [upload, download, list, delete]
    keys: ["avatars/{sub}/{uuid}{ext}", "shared/{claims.tenant}/{subHash}/{namespace}/{share}/{date}/{rest}"]
    exceptKeys: ["avatars/{sub}/private-{any}"]
    keySyntax: strict
    lifetime: { default: 5m, max: 1h30m }
    notBefore: 2026-11-23T00:00:00Z
    notAfter: 2027-11-23T00:00:00+01:00
    upload:
      maxSize: 5Mi
      minSize: 1
      maxFiles: 3
      contentTypes: ["image/*", application/pdf]
      checksum: required
      overwrite: false
      metadata: [caption]
      multipartThreshold: 32Mi
      partSize: 64Mi
      session: 24h
    download: { disposition: inline, cacheWindow: 1h, requireVersionId: true }
    rateLimit: { requests: 30/1m, bytes: 1Gi/24h }
  - name: avatars-public
    subjects: [{ kind: user }]
    store: media
    bucket: user-media
    actions: [download]
    keys: ["avatars/{any}/{any}"]
`;
    expect(parse(everything).policies).toMatchObject([
      {
        name: 'avatars',
        stores: ['media'],
        buckets: ['user-media'],
        actions: ['upload', 'download', 'list', 'delete'],
        keyRules: { syntax: 'strict', slashes: 'exact' },
        notBeforeMs: Date.parse('2026-11-23T00:00:00Z'),
        notAfterMs: Date.parse('2027-11-22T23:00:00Z'),
        lifetime: { defaultSeconds: 300, maxSeconds: 5400 },
        upload: {
          maxBytes: 5_242_880,
          minBytes: 1,
          maxFiles: 3,
          contentTypes: ['image/*', 'application/pdf'],
          checksum: 'required',
          overwrite: false,
          metadata: ['caption'],
          multipartThresholdBytes: 33_554_432,
          partBytes: 67_108_864,
          sessionSeconds: 86_400,
        },
        download: { disposition: 'inline', cacheWindowSeconds: 3600, requireVersionId: true },
        rateLimit: {
          requests: { count: 30, windowSeconds: 60 },
          bytes: { count: 1_073_741_824, windowSeconds: 86_400 },
        },
      },
      { name: 'avatars-public', lifetime: { defaultSeconds: 3600, maxSeconds: 3600 } },
    ]);
  });

  test.each([
    [
      'acceleration beside a public endpoint',
      valid.replace('    region:', '    useAccelerateEndpoint: true\n    region:'),
      'invalid-configuration',
      'valetkey.yaml:2 stores.media (stores.media.useAccelerateEndpoint)',
    ],
    [
      'an unknown field',
      valid.replace('    region:', '    regoin: x\n    region:'),
      'unknown-field',
      'valetkey.yaml:4 stores.media.regoin',
    ],
    [
      'an unknown field in a policy',
      valid.replace('    bucket:', '    buckt: x\n    bucket:'),
      'unknown-field',
      'valetkey.yaml:11 policies[0].buckt',
    ],
    [
      'a key pattern that is empty',
      valid.replace('"avatars/{sub}/{uuid}{ext}"', '""'),
      'invalid-configuration',
      'valetkey.yaml:13 policies[0].keys[0]',
    ],
    [
      'a key pattern that is wrong',
      valid.replace('{uuid}{ext}', '{rest}x'),
      'invalid-policy',
      'valetkey.yaml:8 policies[0] (policy.keys[0])',
    ],
    [
      'a store that is not there',
      valid.replace('store: media', 'store: medla'),
      'store-not-found',
      'valetkey.yaml:10 policies[0].store',
    ],
    [
      'a lifetime over seven days',
      valid.replace('max: 15m', 'max: 169h'),
      'invalid-policy',
      'valetkey.yaml:8 policies[0] (policy.lifetime.max)',
    ],
    [
      'a profile that is not known',
      valid.replace('profile: aws', 'profile: azure'),
      'invalid-configuration',
      'valetkey.yaml:3 stores.media.profile',
    ],
    [
      'an endpoint that is no base URL',
      valid.replace('https://files.example.com', 'https://u:p@files.example.com'),
      'invalid-configuration',
      'valetkey.yaml:2 stores.media (stores.media.publicEndpoint)',
    ],
    [
      'two kinds of credentials',
      valid.replace('    maxLifetime', '    credentials: { default: {}, instance: {} }\n    maxLifetime'),
      'invalid-configuration',
      'valetkey.yaml:6 stores.media.credentials',
    ],
    ...['10m', '13h'].map((text) => [
      `a session of ${text}`,
      valid.replace(
        '    maxLifetime',
        `    credentials: { assumeRole: { roleArn: "arn:aws:iam::123456789012:role/r", sessionDuration: ${text} } }\n    maxLifetime`,
      ),
      'invalid-configuration',
      'valetkey.yaml:2 stores.media (stores.media.credentials.sessionDuration)',
    ]),
    [
      'anonymous subjects without a rate limit',
      valid.replace('kind: user, claims: { aud: web }', 'kind: anonymous'),
      'invalid-configuration',
      'valetkey.yaml:8 policies[0].rateLimit',
    ],
    [
      'anonymous subjects bounded in bytes alone',
      valid
        .replace('kind: user, claims: { aud: web }', 'kind: anonymous')
        .replace('server:', '    rateLimit: { bytes: 1Gi/24h }\nserver:'),
      'invalid-configuration',
      'valetkey.yaml:16 policies[0].rateLimit',
    ],
    [
      'a rate limit of nothing',
      valid.replace('server:', '    rateLimit: {}\nserver:'),
      'invalid-configuration',
      'valetkey.yaml:16 policies[0].rateLimit',
    ],
    [
      'a rate over no time',
      valid.replace('server:', '    rateLimit: { requests: 30/0m }\nserver:'),
      'invalid-configuration',
      'valetkey.yaml:16 policies[0].rateLimit.requests',
    ],
    [
      'a rate over more time than a timer can wait',
      valid.replace('server:', '    rateLimit: { requests: 30/577h }\nserver:'),
      'invalid-policy',
      'valetkey.yaml:8 policies[0] (policy.rateLimit.requests)',
    ],
    [
      'an end that is no instant',
      valid.replace('server:', '    notAfter: 2026-02-30T00:00:00Z\nserver:'),
      'invalid-configuration',
      'valetkey.yaml:8 policies[0] (policy.notAfter)',
    ],
    [
      'a key twice',
      valid.replace('    region:', '    profile: s3\n    region:'),
      'invalid-configuration',
      'valetkey.yaml:4',
    ],
    ['text that is no YAML', 'stores: [', 'invalid-configuration', 'valetkey.yaml:1'],
    ['nothing', '', 'invalid-configuration', 'valetkey.yaml:1'],
  ])('with %s is refused naming file, line and field', (_what, text, code, field) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code, field }));
  });

  test.each([
    ['aws', true],
    ['minio', false],
  ])('for the profile %s lets raw keys hold doubled slashes: %s', (profile, allowed) => {
    const text = valid
      .replace('profile: aws', `profile: ${profile}\n    endpoint: http://s3.internal`)
      .replace('"avatars/{sub}/{uuid}{ext}"', '"a/{rest}"]\n    keySyntax: raw\n    exceptKeys: ["b"')
      .replace('actions: [upload]', 'actions: [download]');
    const { policies } = parse(text);
    const request = {
      subject: { kind: 'user', id: 'ann', claims: { aud: 'web' } },
      store: 'media',
      bucket: 'user-media',
      method: 'GET',
      key: 'a//b',
    } as const;
    expect(evaluate(createPolicySet(policies), request, { nowMs: 0, newUuid: () => '' })).toMatchObject({
      allowed,
    });
  });

  test('that would let uploads replace each other on a store without conditional writes is refused', () => {
    const text = valid
      .replace('profile: aws', 'profile: s3\n    endpoint: http://h')
      .replace('{uuid}{ext}', '{any}');
    expect(() => parse(text)).toThrow('no conditional writes');
  });

  test('without policies denies everything', () => {
    const { policies } = parse('stores: { media: { profile: aws, region: eu-central-1 } }');
    expect(policies).toEqual([]);
    const request = {
      subject: { kind: 'user', id: 'ann', claims: {} },
      store: 'media',
      bucket: 'user-media',
      method: 'GET',
      key: 'a',
    } as const;
    expect(evaluate(createPolicySet(policies), request, { nowMs: 0, newUuid: () => '' })).toMatchObject({
      allowed: false,
      denials: [{ code: 'no-policy-matched' }],
    });
  });

  test('that cannot be read says which file', async () => {
    await expect(loadConfiguration('/nowhere/valetkey.yaml')).rejects.toMatchObject({
      code: 'invalid-configuration',
      field: '/nowhere/valetkey.yaml',
      got: 'ENOENT',
    });
  });
});
