/// <reference types="node" />
/** URLs of access points, multi-region access points and directory buckets, checked without what signed them. */
import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { inspect } from 'node:util';

import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { carryTo, serving } from '../../../test/aws-server.ts';
import { verify } from '../../explain/verify.ts';
import { ownerGrant, type OwnerRequest } from '../../grant/owner-grant.ts';
import { presign } from '../../grant/presign.ts';
import { presignServiceCall } from '../../grant/service-call.ts';
import { parseBucket } from '../../grammar/bucket.ts';
import { awsTransport } from '../aws-transport.ts';
import { parseConfiguration } from '../configuration.ts';
import { grantSigner } from '../grant-signer.ts';
import { sigv4aKey } from './sigv4a-key.ts';

const accessPoint = 'arn:aws:s3:eu-central-1:123456789012:accesspoint/reports';
const nowMs = Date.UTC(2026, 10, 25, 12, 0, 0, 700);
const clock = { now: () => nowMs };
// The key pair of these is published with the AWS Common Runtime's tests of its derivation.
const keys = {
  AWS_ACCESS_KEY_ID: 'AKISORANDOMAASORANDOM',
  AWS_SECRET_ACCESS_KEY: 'q+jcrXGc+0zWN6uzclKVhvMmUsIfRPa4rlRandom',
};
const published = {
  x: '15d242ceebf8d8169fd6a8b5a746c41140414c3b07579038da06af89190fffcb',
  y: '0515242cedd82e94799482e4c0514b505afccf2c0c98d6a553bf539f424c5ec0',
};
const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = keys;

const { stores } = parseConfiguration(
  JSON.stringify({
    stores: {
      media: {
        profile: 'aws',
        region: 'eu-central-1',
        maxLifetime: '12h',
        credentials: { environment: {} },
        specialBuckets: {
          reports: accessPoint,
          everywhere: 'arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap',
          fast: 'fast--euc1-az1--x-s3',
        },
      },
    },
  }),
  'valetkey.yaml',
);
const media = stores.get('media');
if (media === undefined) throw new Error('the configuration has a store media');
const { store } = media;

const grantOf = (bucket: string, change: Partial<OwnerRequest> = {}) =>
  ownerGrant({ method: 'GET', bucket, key: 'a b/é.txt', lifetimeSeconds: 3600, ...change }, store);
const sign = (
  bucket: string,
  change: Partial<OwnerRequest> = {},
  environment = {},
  transport = awsTransport,
) => grantSigner(media, { ...keys, ...environment }, clock, transport)(grantOf(bucket, change));
const verified = (method: string, url: string, headers: Record<string, string> = {}, sessionToken?: string) =>
  verify({ method, url, headers }, () => ({ secretAccessKey, sessionToken }), nowMs);

describe('a URL of an access point', () => {
  test.each(['GET', 'HEAD', 'DELETE'] as const)('is signed for its host and for %s', async (method) => {
    const url = await sign('reports', { method });
    const { host, pathname } = new URL(url.reveal());
    expect([host, pathname]).toEqual([
      'reports-123456789012.s3-accesspoint.eu-central-1.amazonaws.com',
      '/a%20b/%C3%A9.txt',
    ]);
    expect(verified(method, url.reveal())).toMatchObject({
      valid: true,
      region: 'eu-central-1',
      service: 's3',
      expiresAtMs: Date.parse(url.expiresAt),
    });
    expect(url.expiresAt).toBe('2026-11-25T13:00:00Z');
  });

  test('signs what an upload promises, a version and the headers of the answer', async () => {
    const upload = {
      contentType: 'text/plain',
      contentLength: 5,
      metadata: { caption: 'é' },
      ifNoneMatch: '*',
    } as const;
    const put = await sign('reports', { method: 'PUT', upload });
    expect(Object.keys(put.requiredHeaders).toSorted()).toEqual([
      'content-length',
      'content-type',
      'if-none-match',
      'x-amz-meta-caption',
    ]);
    expect(verified('PUT', put.reveal(), put.requiredHeaders)).toMatchObject({ valid: true });
    expect(
      verified('PUT', put.reveal(), { ...put.requiredHeaders, 'content-type': 'text/html' }),
    ).toMatchObject({
      reason: 'signature-mismatch',
    });
    const get = await sign('reports', { versionId: 'v1', response: { contentType: 'text/csv' } });
    const { searchParams } = new URL(get.reveal());
    expect([searchParams.get('versionId'), searchParams.get('response-content-type')]).toEqual([
      'v1',
      'text/csv',
    ]);
    expect(verified('GET', get.reveal())).toMatchObject({ valid: true });
  });

  test('carries the session token of its keys and ends before them', async () => {
    const session = { AWS_SESSION_TOKEN: 'canary-token', AWS_CREDENTIAL_EXPIRATION: '2026-11-25T12:30:00Z' };
    const url = await sign('reports', {}, session);
    expect([url.expiresAt, url.limitedBy]).toEqual(['2026-11-25T12:28:59Z', 'credentials']);
    expect(verified('GET', url.reveal(), {}, 'canary-token')).toMatchObject({ valid: true });
    expect(inspect(url) + JSON.stringify(url)).not.toContain('canary-token');
  });

  test('lives no longer than the store allows', async () => {
    const url = await sign('reports', { lifetimeSeconds: 604_800 });
    expect([url.expiresAt, url.limitedBy]).toEqual(['2026-11-26T00:00:00Z', 'store']);
  });
});

describe('a URL of a multi-region access point', () => {
  const isHex = (text: string) => Buffer.from(text, 'hex');
  const publicKey = createPublicKey({
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: isHex(published.x).toString('base64url'),
      y: isHex(published.y).toString('base64url'),
    },
    format: 'jwk',
  });

  test('has the key pair that AWS derives from the same keys', () => {
    expect(createPublicKey(sigv4aKey({ accessKeyId, secretAccessKey })).equals(publicKey)).toBe(true);
  });

  test.each([{}, { AWS_SESSION_TOKEN: 'canary/token' }])(
    'is signed for every region (Signature Version 4A), with a session or not (%j)',
    async (session) => {
      const url = await sign('everywhere', {}, session);
      const [address = '', signed = ''] = url.reveal().split('?');
      const [query = '', signature = ''] = signed.split('&X-Amz-Signature=');
      expect(Object.fromEntries(new URLSearchParams(query))).toMatchObject({
        'X-Amz-Algorithm': 'AWS4-ECDSA-P256-SHA256',
        'X-Amz-Credential': `${accessKeyId}/20261125/s3/aws4_request`,
        'X-Amz-Date': '20261125T120000Z',
        'X-Amz-Expires': '3600',
        'X-Amz-Region-Set': '*',
        'X-Amz-SignedHeaders': 'host',
      });
      const host = 'mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com';
      expect(address).toBe(`https://${host}/a%20b/%C3%A9.txt`);
      expect(query).toBe(query.split('&').toSorted().join('&'));
      const canonical = [
        'GET',
        '/a%20b/%C3%A9.txt',
        query,
        `host:${host}`,
        '',
        'host',
        'UNSIGNED-PAYLOAD',
      ].join('\n');
      const hash = createHash('sha256').update(canonical).digest('hex');
      const text = `AWS4-ECDSA-P256-SHA256\n20261125T120000Z\n20261125/s3/aws4_request\n${hash}`;
      expect(verifySignature('sha256', Buffer.from(text), publicKey, isHex(signature))).toBe(true);
      expect(verifySignature('sha256', Buffer.from(`${text}0`), publicKey, isHex(signature))).toBe(false);
      expect(inspect(url)).not.toContain(signature);
    },
  );
});

describe('a URL of a directory bucket', () => {
  const session = (minutes: number) =>
    serving(() => ({
      body: `<CreateSessionResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Credentials>
        <SessionToken>canary-session</SessionToken><SecretAccessKey>session-secret</SecretAccessKey>
        <AccessKeyId>ASIASESSION</AccessKeyId><Expiration>${new Date(nowMs + minutes * 60_000).toISOString()}</Expiration>
        </Credentials></CreateSessionResult>`,
    }));

  test('is signed with a session that is asked for once, and ends with it', async () => {
    const { origin, asked } = await session(5);
    const { transport, meantFor } = carryTo(origin);
    const signer = grantSigner(media, keys, clock, transport);
    const [url, other] = await Promise.all([signer(grantOf('fast')), signer(grantOf('fast', { key: 'b' }))]);
    expect(meantFor).toEqual(['https://fast--euc1-az1--x-s3.s3express-euc1-az1.eu-central-1.amazonaws.com']);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.path).toMatch(/^\/\?session/);
    expect(asked[0]?.headers['x-amz-create-session-mode']).toBe('ReadOnly');
    expect([url.limitedBy, url.expiresAt]).toEqual(['credentials', '2026-11-25T12:04:00Z']);
    const { host, pathname, searchParams } = new URL(url.reveal());
    expect([host, pathname]).toEqual([
      'fast--euc1-az1--x-s3.s3express-euc1-az1.eu-central-1.amazonaws.com',
      '/a%20b/%C3%A9.txt',
    ]);
    expect(searchParams.get('X-Amz-S3session-Token')).toBe('canary-session');
    for (const each of [url, other]) {
      const lookup = () => ({ secretAccessKey: 'session-secret' });
      expect(verify({ method: 'GET', url: each.reveal() }, lookup, nowMs)).toMatchObject({
        valid: true,
        accessKeyId: 'ASIASESSION',
        service: 's3express',
      });
      expect(String(each) + JSON.stringify(each) + inspect(each)).not.toContain('canary-session');
    }
  });

  test('asks for a session that may write only when it writes', async () => {
    const { origin, asked } = await session(5);
    await sign('fast', { method: 'PUT', upload: { contentLength: 5 } }, {}, carryTo(origin).transport);
    expect(asked[0]?.headers['x-amz-create-session-mode']).toBe('ReadWrite');
  });

  test('is refused when the bucket gives no session', async () => {
    const { origin } = await serving(() => ({
      status: 403,
      body: '<Error><Code>AccessDenied</Code><Message>no</Message></Error>',
    }));
    await expect(sign('fast', {}, {}, carryTo(origin).transport)).rejects.toMatchObject({
      code: 'store-unavailable',
      got: 'AccessDenied',
    });
  });
});

describe('a special bucket', () => {
  test('is never signed as the plain bucket of its name', () => {
    const plain = { accessKeyId, secretAccessKey };
    expect(() => presign(grantOf('reports'), plain, { store, nowMs })).toThrow(
      expect.objectContaining({ code: 'signing-failed' }),
    );
    const head = { kind: 'head', bucket: parseBucket('fast', 'bucket'), key: 'a' } as const;
    expect(() => presignServiceCall(head, plain, { store, nowMs })).toThrow(
      expect.objectContaining({ code: 'signing-failed' }),
    );
  });

  test('leaves the plain buckets of its store as they are', async () => {
    expect(new URL((await sign('plain')).reveal()).host).toBe('plain.s3.eu-central-1.amazonaws.com');
  });

  test('leads where its ARN says, whatever the environment says', async () => {
    for (const name of ['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT']) vi.stubEnv(name, 'true');
    vi.stubEnv('AWS_S3_USE_ARN_REGION', 'false');
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
    onTestFinished(() => void vi.unstubAllEnvs());
    const elsewhere = { ...media, store: { ...store, region: 'eu-west-1' } };
    const url = await grantSigner(elsewhere, keys, clock)(grantOf('reports'));
    expect(new URL(url.reveal()).host).toBe('reports-123456789012.s3-accesspoint.eu-central-1.amazonaws.com');
    expect(verified('GET', url.reveal())).toMatchObject({ valid: true, region: 'eu-central-1' });
  });

  test.each([
    'a plain name',
    'reports',
    'arn:aws:s3:eu-central-1:1:accesspoint/reports',
    `${accessPoint}/object/x`,
    'fast--x-s3',
    '../--euc1-az1--x-s3',
    '',
  ])('is not what stands for one: %j', (place) => {
    const described = { profile: 'aws', region: 'eu-central-1', specialBuckets: { reports: place } };
    expect(() => parseConfiguration(JSON.stringify({ stores: { media: described } }), 'f')).toThrow(
      expect.objectContaining({ code: place === '' ? 'invalid-configuration' : 'invalid-bucket' }),
    );
  });

  test.each([
    ['another profile', { profile: 'minio', endpoint: 'https://s3.internal' }],
    ['an endpoint', { endpoint: 'https://s3.internal' }],
    ['a variant of the endpoint, which would not be kept', { useFipsEndpoint: true }],
    ['another region', { region: 'eu-west-1' }],
  ])('with %s is refused', (_title, change) => {
    const described = {
      profile: 'aws',
      region: 'eu-central-1',
      specialBuckets: { reports: accessPoint },
      ...change,
    };
    expect(() => parseConfiguration(JSON.stringify({ stores: { media: described } }), 'f')).toThrow(
      expect.objectContaining({ code: 'invalid-configuration' }),
    );
  });
});
