/// <reference types="node" />
/** What CloudFront checks, checked here without the signer: policy and signature, by the public key. */
import { createPublicKey, generateKeyPairSync, verify as verifySignature, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';

import { afterAll, describe, expect, test } from 'vitest';

import { ownerGrant, type OwnerRequest } from '../../grant/owner-grant.ts';
import { presign } from '../../grant/presign.ts';
import { presignServiceCall } from '../../grant/service-call.ts';
import { parseBucket } from '../../grammar/bucket.ts';
import { redact } from '../../grammar/redact.ts';
import { defineStore } from '../../store/define-store.ts';
import { parseConfiguration } from '../configuration.ts';
import { credentialProvider } from '../credential-provider.ts';
import { grantSigner } from '../grant-signer.ts';
import { signCloudfrontCookies } from './cloudfront-cookies.ts';
import { CloudfrontKey, cloudfrontKeyProvider } from './cloudfront-key.ts';
import type { CloudfrontOptions } from './cloudfront-terms.ts';
import { presignCloudfront } from './presign-cloudfront.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-cloudfront-'));
afterAll(() => rmSync(folder, { recursive: true }));

const keyPairId = 'K2JCJMDEHXQW5F';
const toPem = (key: KeyObject) => String(key.export({ type: 'pkcs8', format: 'pem' }));
const rsa = toPem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
const ecdsa = toPem(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey);
const domain = 'https://d111111abcdef8.cloudfront.net';
const nowMs = Date.UTC(2026, 10, 25, 12);
const nowSeconds = nowMs / 1000;

const store = defineStore({ name: 'cdn', profile: 'cloudfront', endpoint: domain, bucket: 'media' });
const grantOf = (change: Partial<OwnerRequest> = {}) =>
  ownerGrant({ method: 'GET', bucket: 'media', key: 'films/a.mp4', lifetimeSeconds: 3600, ...change }, store);
const urlOf = (change: Partial<OwnerRequest> = {}, options: Partial<CloudfrontOptions> = {}, pem = rsa) =>
  presignCloudfront(grantOf(change), new CloudfrontKey(keyPairId, pem), { store, nowMs, ...options });

/** CloudFront's base64: `+`, `=` and `/` travel as `-`, `_` and `~`. */
const fromCloudfront = (text: string) =>
  Buffer.from(text.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/'), 'base64');
const isSigned = (text: string, signature: string, pem: string) =>
  verifySignature('sha1', Buffer.from(text), createPublicKey(pem), fromCloudfront(signature));

/** The policy that CloudFront itself writes for a canned one, to compare signatures. */
const cannedPolicy = (resource: string, expires: number) =>
  `{"Statement":[{"Resource":"${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;

describe.each([
  ['an RSA key', rsa],
  ['an ECDSA key', ecdsa],
])('a CloudFront URL signed with %s', (_title, pem) => {
  test('has a canned policy of URL and end, and a signature that the public key confirms', () => {
    const url = new URL(urlOf({}, {}, pem).reveal());
    const { Expires, 'Key-Pair-Id': id, Signature = '', ...others } = Object.fromEntries(url.searchParams);
    expect([url.origin + url.pathname, Expires, id, others]).toEqual([
      `${domain}/films/a.mp4`,
      String(nowSeconds + 3600),
      keyPairId,
      {},
    ]);
    const policy = cannedPolicy(`${domain}/films/a.mp4`, nowSeconds + 3600);
    expect(isSigned(policy, Signature, pem)).toBe(true);
    expect(isSigned(policy.replace('a.mp4', 'b.mp4'), Signature, pem)).toBe(false);
  });

  test('has a custom policy with start and addresses when they are asked for', () => {
    const options = { notBeforeMs: nowMs + 60_500, ipRange: '203.0.113.0/24' };
    const { searchParams } = new URL(urlOf({}, options, pem).reveal());
    const policy = fromCloudfront(searchParams.get('Policy') ?? '').toString();
    expect(JSON.parse(policy)).toEqual({
      Statement: [
        {
          Resource: `${domain}/films/a.mp4`,
          Condition: {
            DateLessThan: { 'AWS:EpochTime': nowSeconds + 3600 },
            DateGreaterThan: { 'AWS:EpochTime': nowSeconds + 60 },
            IpAddress: { 'AWS:SourceIp': '203.0.113.0/24' },
          },
        },
      ],
    });
    expect(isSigned(policy, searchParams.get('Signature') ?? '', pem)).toBe(true);
    expect([...searchParams.keys()].toSorted()).toEqual(['Key-Pair-Id', 'Policy', 'Signature']);
  });

  test('is also to be had as cookies', () => {
    const cookies = signCloudfrontCookies(grantOf(), new CloudfrontKey(keyPairId, pem), { store, nowMs });
    const { 'CloudFront-Signature': signature = '', ...others } = cookies.reveal();
    expect(others).toEqual({
      'CloudFront-Key-Pair-Id': keyPairId,
      'CloudFront-Expires': String(nowSeconds + 3600),
    });
    expect(isSigned(cannedPolicy(cookies.url, nowSeconds + 3600), signature, pem)).toBe(true);
    expect([cookies.url, cookies.expiresAt, cookies.limitedBy]).toEqual([
      `${domain}/films/a.mp4`,
      '2026-11-25T13:00:00Z',
      'asked',
    ]);
  });
});

describe('a CloudFront URL', () => {
  test('signs the headers that the store shall answer with, and the version', () => {
    const response = { contentDisposition: 'attachment; filename="a b.mp4"' };
    const url = urlOf({ response, versionId: 'v/1' }).reveal();
    const [resource = '', rest = ''] = url.split('&Expires=');
    expect(resource).toBe(
      `${domain}/films/a.mp4?response-content-disposition=attachment%3B%20filename%3D%22a%20b.mp4%22&versionId=v%2F1`,
    );
    const signature = new URLSearchParams(`Expires=${rest}`).get('Signature') ?? '';
    expect(isSigned(cannedPolicy(resource, nowSeconds + 3600), signature, rsa)).toBe(true);
  });

  test.each(['a b+c', '%2e%2e/x', 'a%2Fb', 'é/語/🗝', "q?#&=;:@$,!'()[]~", 'a*b', '...', 'a;b'])(
    'for the key %j leads to that object and no other',
    (key) => {
      const { pathname } = new URL(urlOf({ key }).reveal());
      expect(decodeURIComponent(pathname)).toBe(`/${key}`);
    },
  );

  test.each([
    ['what was asked', {}, {}, 3600, 'asked'],
    ["the store's maximum", { maxLifetimeSeconds: 600 }, {}, 600, 'store'],
    ['nothing the keys say, for they do not end', {}, { lifetimeSeconds: 604_800 }, 604_800, 'asked'],
  ])('lives as long as %s', (_title, bound, change, seconds, limitedBy) => {
    const url = urlOf(change, { store: { ...store, ...bound } });
    expect([Date.parse(url.expiresAt) - nowMs, url.limitedBy]).toEqual([seconds * 1000, limitedBy]);
  });

  test('is shown without signature, policy and key id wherever it is printed', () => {
    const url = urlOf({}, { ipRange: '203.0.113.7' });
    const secret = new URL(url.reveal()).searchParams;
    const cookies = signCloudfrontCookies(grantOf(), new CloudfrontKey(keyPairId, rsa), { store, nowMs });
    const cookieHeader = Object.entries(cookies.reveal())
      .map((pair) => pair.join('='))
      .join('; ');
    const shown = [url, cookies].flatMap((each) => [
      String(each),
      JSON.stringify(each),
      inspect(each, { depth: 9 }),
    ]);
    shown.push(redact(url.reveal()), redact(`Cookie: ${cookieHeader}`));
    for (const value of [...secret.values(), cookies.reveal()['CloudFront-Signature'] ?? 'none'])
      expect(shown.join('\n')).not.toContain(value);
    expect(String(url)).toBe(`GET ${domain}/films/a.mp4?Signature=REDACTED (until 2026-11-25T13:00:00Z)`);
  });

  test.each([
    ['an upload', { method: 'PUT' }, {}, 'method-not-allowed'],
    ['a deletion', { method: 'DELETE' }, {}, 'method-not-allowed'],
    ['another bucket than the one behind it', { bucket: 'other' }, {}, 'invalid-bucket'],
    ['a start after the end', {}, { notBeforeMs: nowMs + 3_600_000 }, 'invalid-lifetime'],
    ['a start that is no number', {}, { notBeforeMs: Number.NaN }, 'invalid-lifetime'],
    ['an address that is none', {}, { ipRange: '203.0.113.256' }, 'invalid-configuration'],
    ['an address with a space', {}, { ipRange: '203.0.113. 1' }, 'invalid-configuration'],
    ['an IPv6 address', {}, { ipRange: '2001:db8::/32' }, 'invalid-configuration'],
    ['a range that is none', {}, { ipRange: '203.0.113.0/33' }, 'invalid-configuration'],
    ['a star where it would mean any text', { key: 'a*' }, { ipRange: '203.0.113.7' }, 'invalid-key'],
  ] as const)('is refused for %s', (_title, change, options, code) => {
    expect(() => urlOf(change, options)).toThrow(expect.objectContaining({ code }));
  });

  test('is refused as cookies for a star, which would open other objects', () => {
    const key = new CloudfrontKey(keyPairId, rsa);
    expect(() => signCloudfrontCookies(grantOf({ key: '*' }), key, { store, nowMs })).toThrow(
      expect.objectContaining({ code: 'invalid-key' }),
    );
  });
});

describe('a key of CloudFront', () => {
  const file = (content: string) => {
    const full = path.join(folder, 'key.pem');
    writeFileSync(full, content, { mode: 0o600 });
    return full;
  };

  test('is read from its file, and a new one when the file changes', async () => {
    const provide = cloudfrontKeyProvider({ keyPairId, privateKeyFile: file(rsa) });
    const first = await provide();
    expect(await provide()).toBe(first);
    file(ecdsa);
    expect((await provide()).privateKey).toBe(ecdsa);
  });

  test('shows its id and nothing else', () => {
    const key = new CloudfrontKey(keyPairId, rsa);
    expect([String(key), JSON.stringify(key), inspect(key, { depth: 9, showHidden: true })]).toEqual([
      'CloudfrontKey(K2JCJMDEHXQW5F)',
      '{"keyPairId":"K2JCJMDEHXQW5F"}',
      'CloudfrontKey(K2JCJMDEHXQW5F)',
    ]);
  });

  test.each([
    ['nothing', ''],
    ['something else', 'canary-secret'],
    ['a public key', String(createPublicKey(rsa).export({ type: 'spki', format: 'pem' }))],
    ['RSA of another size', toPem(generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey)],
    ['another curve', toPem(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey)],
    ['another kind', toPem(generateKeyPairSync('ed25519').privateKey)],
    ['half a key', rsa.slice(0, 400)],
  ])('that is %s is refused and not shown', async (_title, content) => {
    const provided = cloudfrontKeyProvider({ keyPairId, privateKeyFile: file(content) })();
    const error: unknown = await provided.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'credentials-unavailable', field: path.join(folder, 'key.pem') });
    const canary = content.split('\n').find((line) => line !== '' && !line.startsWith('-----')) ?? 'canary';
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(canary);
  });

  test('is refused with an id that is none', () => {
    expect(() => new CloudfrontKey('k 1', rsa)).toThrow(
      expect.objectContaining({ code: 'invalid-configuration' }),
    );
  });
});

describe('a store of the profile cloudfront', () => {
  const privateKeyFile = path.join(folder, 'configured.pem');
  writeFileSync(privateKeyFile, rsa, { mode: 0o600 });
  const described = {
    profile: 'cloudfront',
    endpoint: domain,
    bucket: 'media',
    credentials: { cloudfrontKey: { keyPairId, privateKeyFile } },
  };
  const policy = {
    name: 'films',
    subjects: [{ kind: 'user' }],
    store: 'cdn',
    bucket: 'media',
    actions: ['download'],
    keys: ['films/{any}'],
    lifetime: { max: '1h' },
  };
  const parse = (stores: unknown, policies: unknown[] = []) =>
    parseConfiguration(JSON.stringify({ stores, policies }), 'valetkey.yaml');

  test('signs downloads by its own key, from the configuration', async () => {
    const { stores } = parse({ cdn: described }, [policy]);
    const cdn = stores.get('cdn');
    if (cdn === undefined) throw new Error('no store');
    const url = await grantSigner(cdn, {}, { now: () => nowMs })(grantOf());
    expect(url.reveal()).toMatch(
      new RegExp(`^${domain}/films/a\\.mp4\\?Expires=\\d+&Key-Pair-Id=${keyPairId}&Signature=`),
    );
    await expect(credentialProvider(cdn.credentials, {})()).rejects.toMatchObject({
      code: 'credentials-unavailable',
    });
  });

  test.each([
    ['no bucket', { cdn: { ...described, bucket: undefined } }, [], 'invalid-configuration'],
    ['no endpoint', { cdn: { ...described, endpoint: undefined } }, [], 'invalid-configuration'],
    ['keys of S3', { cdn: { ...described, credentials: { default: {} } } }, [], 'invalid-configuration'],
    ['an upload', { cdn: described }, [{ ...policy, actions: ['download', 'list'] }], 'invalid-policy'],
    ['another bucket', { cdn: described }, [{ ...policy, bucket: 'other' }], 'invalid-policy'],
    [
      'its key in another profile',
      { cdn: { ...described, profile: 'aws', region: 'eu-central-1', bucket: undefined } },
      [],
      'invalid-configuration',
    ],
    [
      'its bucket in another profile',
      { cdn: { ...described, profile: 'aws', region: 'eu-central-1', credentials: undefined } },
      [],
      'invalid-configuration',
    ],
  ])('with %s is refused at load', (_title, stores, policies, code) => {
    expect(() => parse(stores, policies)).toThrow(expect.objectContaining({ code }));
  });

  test('is never asked with Signature Version 4', () => {
    const keys = { accessKeyId: 'AKIA', secretAccessKey: 'shh' };
    const head = { kind: 'head', bucket: parseBucket('media', 'bucket'), key: 'a' } as const;
    for (const sign of [
      () => presign(grantOf(), keys, { store, nowMs }),
      () => presignServiceCall(head, keys, { store, nowMs }),
    ]) {
      expect(sign).toThrow(expect.objectContaining({ code: 'signing-failed' }));
    }
  });
});
