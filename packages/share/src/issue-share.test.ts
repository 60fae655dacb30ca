import { describe, expect, test } from 'vitest';
import { aPolicy, aShare, aStore, issue, keys, nowMs } from '../test/builders.ts';

const inbox = {
  policies: [aPolicy('all', { actions: ['download', 'upload'], upload: { maxSize: '1Mi' } })],
  share: aShare({
    objects: [
      { name: 'weights', key: 'vision/v3/weights.bin', versionId: 'v7' },
      {
        name: 'report-1',
        key: 'vision/out/report.json',
        method: 'PUT',
        request: { contentType: 'application/json', contentLength: 2048 },
      },
    ],
  }),
};
const withLayout = (layout: string) => ({
  ...inbox,
  share: aShare({ objects: inbox.share.spec.objects, target: { layout } }),
});
const wholeSecret = ['manifest.json', 'expires-at', 'renew-at'];
const files = ['weights.url', 'weights.curl', 'report-1.url', 'report-1.curl'];
const variables = ['WEIGHTS_URL', 'WEIGHTS_EXPIRES_AT', 'REPORT_1_URL', 'REPORT_1_EXPIRES_AT'];

describe('the entries of a Secret', () => {
  test.each([
    ['Files', files],
    ['Env', variables],
    ['Both', [...files, ...variables]],
  ])('in layout %s are those of the design and no others', (layout, entries) => {
    const { stringData } = issue(withLayout(layout)).secret;
    expect(Object.keys(stringData).toSorted()).toEqual([...entries, ...wholeSecret].toSorted());
  });

  test('say the same URL and end in every form', () => {
    const { stringData } = issue(withLayout('Both')).secret;
    expect(stringData['weights.url']).toMatch(
      /^https:\/\/models\.s3\.eu-central-1\.amazonaws\.com\/vision\/v3\/weights\.bin\?.*&X-Amz-Signature=[0-9a-f]{64}$/,
    );
    expect(stringData['WEIGHTS_URL']).toBe(stringData['weights.url']);
    expect(stringData['weights.curl']).toContain(stringData['weights.url']);
    expect(stringData['WEIGHTS_EXPIRES_AT']).toBe('2026-11-24T11:00:00Z');
    expect(stringData['expires-at']).toBe('2026-11-24T11:00:00Z');
    expect(stringData['renew-at']).toMatch(/^2026-11-24T10:(3[789]|40):\d\dZ$/);
  });
});

describe('the manifest', () => {
  const manifest = (): string => issue(inbox, keys, 7).secret.stringData['manifest.json'] ?? '';

  test('says what each URL is for and until when', () => {
    expect(JSON.parse(manifest())).toEqual({
      schema: 'valetkey.dev/manifest/v1',
      share: { namespace: 'vision', name: 'weights' },
      revision: 7,
      objects: [
        {
          name: 'weights',
          method: 'GET',
          bucket: 'models',
          key: 'vision/v3/weights.bin',
          versionId: 'v7',
          requiredHeaders: {},
          expiresAt: '2026-11-24T11:00:00Z',
        },
        {
          name: 'report-1',
          method: 'PUT',
          bucket: 'models',
          key: 'vision/out/report.json',
          requiredHeaders: { 'content-type': 'application/json', 'content-length': '2048' },
          expiresAt: '2026-11-24T11:00:00Z',
        },
      ],
    });
  });

  test('holds no URL, signature or key', () => {
    expect(manifest()).not.toMatch(/https?:|X-Amz|AKIA|canary/i);
  });
});

describe('what shortens the lifetime is named', () => {
  const session = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'x', expiresAtMs: nowMs + 1_800_000 };

  test.each([
    ['the store', { store: aStore({ maxLifetime: '30m' }) }, keys, 'store', 1800],
    ['the credentials, with a minute to spare', {}, session, 'credentials', 1740],
    ['the end time', { share: aShare({ endTime: '2026-11-24T10:20:00Z' }) }, keys, 'end-time', 1200],
  ] as const)('%s', (_title, change, credentials, clampedBy, seconds) => {
    expect(issue(change, credentials)).toMatchObject({ clampedBy, expiresMs: nowMs + seconds * 1000 });
  });

  test.each([
    ['what was asked', aShare({ lifetime: '2h' })],
    ['the policy’s default', aShare()],
  ])('and %s shortens nothing', (_title, share) => {
    expect(issue({ share })).not.toHaveProperty('clampedBy');
  });
});

describe('a Secret', () => {
  const utf8 = new TextEncoder();
  const long = `vision/${Array.from({ length: 8 }, () => 'é'.repeat(60)).join('/')}`;
  const ofSize = (count: number) => {
    const objects = Array.from({ length: count }, (_, index) => ({
      name: `o-${index}`,
      key: `${long}-${index}`,
    }));
    const sessionToken = 't'.repeat(2000);
    const credentials = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'x', sessionToken };
    return issue({ share: aShare({ objects, target: { layout: 'Both' } }) }, credentials);
  };
  const bytesOf = (count: number) =>
    Object.values(ofSize(count).secret.stringData).reduce((sum, text) => sum + utf8.encode(text).length, 0);
  const limit = 900 * 1024;
  const perObject = (bytesOf(20) - bytesOf(10)) / 10;

  test('of at most 900 KiB of UTF-8 is written, and of more is not', () => {
    const most = Math.floor((limit - bytesOf(10)) / perObject) + 10;
    expect(most).toBeLessThan(128);
    expect(bytesOf(most - 1)).toBeGreaterThan(limit - 3 * perObject);
    expect(() => ofSize(most + 1)).toThrow(
      expect.objectContaining({ code: 'body-too-large', hint: 'Split the Share into several.' }) as Error,
    );
  });

  test('that is too large is told without any part of it', () => {
    expect(() => ofSize(128)).toThrow(/at most 921600 bytes, got \d+ bytes/);
    expect(() => ofSize(128)).not.toThrow(/X-Amz|ASIA|https/);
  });
});
