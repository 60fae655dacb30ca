/** Downloads through a CloudFront distribution: the handler hands the grant to what signs for it. */
import { generateKeyPairSync } from 'node:crypto';

import { CloudfrontKey, parseConfiguration, presignCloudfront } from '@valetkey/core/s3';
import { expect, test } from 'vitest';

import { createHandler, createService } from '../src/index.ts';

const nowMs = Date.UTC(2026, 10, 25, 12);
const key = new CloudfrontKey(
  'K2JCJMDEHXQW5F',
  generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString(),
);
const { stores, policies } = parseConfiguration(
  JSON.stringify({
    stores: {
      cdn: {
        profile: 'cloudfront',
        endpoint: 'https://d111111abcdef8.cloudfront.net',
        bucket: 'media',
        credentials: { cloudfrontKey: { keyPairId: key.keyPairId, privateKeyFile: '/unused' } },
      },
    },
    policies: [
      {
        name: 'films',
        subjects: [{ kind: 'user' }],
        store: 'cdn',
        bucket: 'media',
        actions: ['download'],
        keys: ['films/{any}'],
        lifetime: { default: '5m', max: '1h' },
      },
    ],
  }),
  'valetkey.yaml',
);
const store = stores.get('cdn')?.store;
if (store === undefined) throw new Error('the configuration has a store cdn');
const service = createService({
  policies,
  stores: new Map([
    [
      'cdn',
      {
        store,
        credentials: () => Promise.reject(new Error('S3 is not asked')),
        sign: async (grant) => presignCloudfront(grant, key, { store, nowMs }),
      },
    ],
  ]),
  secrets: [new Uint8Array(32).fill(7)],
  clock: { now: () => nowMs },
});
const handler = createHandler(service, { authenticate: () => ({ kind: 'user', id: 'ann', claims: {} }) });
const film =
  /^https:\/\/d111111abcdef8\.cloudfront\.net\/films\/a\.mp4\?Expires=\d+&Key-Pair-Id=K2JCJMDEHXQW5F&Signature=/;

test('a download is a URL of the distribution, under the policy that allows it', async () => {
  const body = JSON.stringify({ policy: 'films', items: [{ key: 'films/a.mp4' }, { key: 'other/a' }] });
  const headers = { 'content-type': 'application/json' };
  const answer = await handler(new Request('http://signer/v1/downloads', { method: 'POST', headers, body }));
  expect(await answer.json()).toMatchObject({
    items: [
      {
        method: 'GET',
        url: expect.stringMatching(film),
        expiresAt: '2026-11-25T12:05:00Z',
        limitedBy: 'policy',
      },
      { problem: { code: 'forbidden' } },
    ],
  });
});

test('an object redirects there, and limits are told, without keys of S3', async () => {
  const redirect = await handler(new Request('http://signer/v1/objects/films/films/a.mp4'));
  expect([redirect.status, redirect.headers.get('location')]).toEqual([302, expect.stringMatching(film)]);
  const limits = await handler(new Request('http://signer/v1/policies/films'));
  expect(await limits.json()).toMatchObject({ lifetimeSeconds: { effectiveMax: 3600, limitedBy: 'policy' } });
});
