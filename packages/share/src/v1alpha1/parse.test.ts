import { readFile } from 'node:fs/promises';
import { ValetkeyError } from '@valetkey/core';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { aPolicy, aShare } from '../../test/builders.ts';
import { parseClusterShareStore, parseShare, parseSharePolicy, parseShareStore } from './parse.ts';

const head = (kind: string) =>
  `{ apiVersion: valetkey.dev/v1alpha1, kind: ${kind}, metadata: { name: x }, spec:`;
const parsers: Readonly<Record<string, (input: unknown) => unknown>> = {
  Share: parseShare,
  SharePolicy: parseSharePolicy,
  ShareStore: parseShareStore,
  ClusterShareStore: parseClusterShareStore,
};

describe('what the reference shows', () => {
  test('a store with a web identity', () => {
    const store = parseClusterShareStore(
      parse(`${head('ClusterShareStore')} {
        profile: aws, region: eu-central-1, publicEndpoint: https://files.example.com,
        credentials: { webIdentity: { roleArn: arn:aws:iam::123456789012:role/models-reader, sessionDuration: 12h } },
        maxLifetime: 12h, allowedNamespaces: { selector: { matchLabels: { tier: ml } } } } }`),
    );
    expect(store.spec.credentials).toEqual({
      webIdentity: { roleArn: 'arn:aws:iam::123456789012:role/models-reader', sessionDuration: '12h' },
    });
  });

  test('a policy with uploads', () => {
    const upload = { maxSize: '1Mi', contentTypes: ['application/json'] };
    expect(
      aPolicy('team-models', { actions: ['download', 'upload'], upload, maxObjects: 16 }).spec,
    ).toMatchObject({
      upload: { ...upload, checksum: 'optional', overwrite: true },
      maxObjects: 16,
    });
  });

  test('a Share with every field', () => {
    const share = parseShare(
      parse(`{ apiVersion: valetkey.dev/v1alpha1, kind: Share, metadata: { name: weights, namespace: vision }, spec: {
        storeRef: { kind: ClusterShareStore, name: models }, bucket: models,
        objects: [
          { name: weights, key: vision/v3/weights.bin },
          { name: report, key: vision/out/report.json, method: PUT,
            request: { contentType: application/json, contentLength: 2048 } } ],
        lifetime: 2h, renewal: { before: 40m }, endTime: 2027-01-31T00:00:00Z, ttlAfterEnd: 24h,
        target: { secretName: weights-urls, layout: Files }, suspend: false } }`),
    );
    expect(share.spec.objects.map(({ method }) => method)).toEqual(['GET', 'PUT']);
    expect(share.spec.endTime).toBe('2027-01-31T00:00:00Z');
  });

  test('a Share of the fewest fields has every default', () => {
    expect(aShare().spec).toMatchObject({
      objects: [{ name: 'weights', key: 'vision/v3/weights.bin', method: 'GET' }],
      target: { layout: 'Files' },
      suspend: false,
    });
  });
});

test.each(['kubernetes/platform.yaml', 'kubernetes/share.yaml', 'shares/weights.yaml'])(
  'every object of examples/%s is valid',
  async (file) => {
    const text = await readFile(new URL(`../../../../examples/${file}`, import.meta.url), 'utf8');
    for (const document of parseAllDocuments(text)) {
      const object = document.toJS() as { readonly kind: string };
      if (object.kind !== 'Namespace') expect(() => parsers[object.kind]?.(object)).not.toThrow();
    }
    expect(text).toContain('kind: ');
  },
);

const someObjects = [{ name: 'a', key: 'vision/a' }];
const share = (spec: Readonly<Record<string, unknown>>) => () => aShare(spec);
const object = (fields: Readonly<Record<string, unknown>>) =>
  share({ objects: [{ ...someObjects[0], ...fields }] });

describe('a field that nobody reads is refused by its path', () => {
  test.each([
    ['spec.lifetme', share({ lifetme: '1h' })],
    ['spec.objects[0].kee', object({ kee: 'x' })],
    ['spec.objects[0].request.size', object({ method: 'PUT', request: { size: 1 } })],
    ['spec.storeRef.namespace', share({ storeRef: { kind: 'ShareStore', name: 'a', namespace: 'b' } })],
    ['spec.target.template.finalizers', share({ target: { template: { finalizers: [] } } })],
    ['spec.upload.maxsize', () => aPolicy('a', { upload: { maxsize: '1Mi' } })],
    ['spec.namespaces.name', () => aPolicy('a', { namespaces: { name: 'vision' } })],
  ])('%s', (field, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'unknown-field', field }) as Error);
  });

  test('spec.credentials.default of a ShareStore, which never signs as the issuer', () => {
    const credentials = { default: {}, secretRef: { name: 'keys' } };
    const store = { profile: 'aws', region: 'eu-central-1', credentials };
    const input = {
      apiVersion: 'valetkey.dev/v1alpha1',
      kind: 'ShareStore',
      metadata: { name: 'x' },
      spec: store,
    };
    expect(() => parseShareStore(input)).toThrow(
      expect.objectContaining({ code: 'unknown-field', field: 'spec.credentials.default' }) as Error,
    );
  });
});

describe('a value that is not valid is refused by its path', () => {
  test.each([
    ['spec.objects', share({ objects: [] })],
    ['spec.objects', share({ objects: [...someObjects, ...someObjects] })],
    ['spec.objects[0].name', object({ name: 'Weights' })],
    ['spec.objects[0].key', object({ key: '' })],
    ['spec.objects[0].key', object({ key: '/vision/a' })],
    ['spec.objects[0].key', object({ key: 'vision//a' })],
    ['spec.objects[0].key', object({ key: 'vision/../audio/a' })],
    ['spec.objects[0].key', object({ key: String.raw`vision\a` })],
    ['spec.objects[0].key', object({ key: 'vision/\u0000a' })],
    ['spec.objects[0].key', object({ key: 'vision/\u202ea' })],
    ['spec.objects[0].key', object({ key: `vision/${'é'.repeat(128)}` })],
    ['spec.objects[0].method', object({ method: 'POST' })],
    ['spec.objects[0]', object({ request: { contentType: 'text/plain' } })],
    ['spec.objects[0]', object({ method: 'PUT', response: { contentType: 'text/plain' } })],
    ['spec.objects[0]', object({ method: 'PUT', versionId: 'v7' })],
    ['spec.bucket', share({ bucket: '..' })],
    ['spec.bucket', share({ bucket: 'a..b' })],
    ['spec.bucket', share({ bucket: '10.0.0.1' })],
    ['spec.lifetime', share({ lifetime: '4m59s' })],
    ['spec.lifetime', share({ lifetime: '168h1s' })],
    ['spec.lifetime', share({ lifetime: '1d' })],
    ['spec.endTime', share({ endTime: 'tomorrow' })],
    ['spec', share({ ttlAfterEnd: '1h' })],
    ['spec', share({ objects: [{ name: '1st', key: 'vision/a' }], target: { layout: 'Env' } })],
    ...['a..b/c', '.a/b', 'a./b', 'a-.b/c', 'A/b', 'a/b/c', '/b', `${'a'.repeat(254)}/b`, 'b'.repeat(64)].map(
      (key): [string, object] => [
        'spec.target.template.labels',
        share({ target: { template: { labels: { [key]: 'x' } } } }),
      ],
    ),
    [
      'spec.target.template.annotations',
      share({ target: { template: { annotations: { 'valetkey.dev/revision': '9' } } } }),
    ],
    ['spec.namespaces', () => aPolicy('a', { namespaces: { names: ['a'], selector: {} } })],
  ])('%s (%#)', (field, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'invalid-configuration', field }) as Error);
  });

  test('shortest and longest lifetime are still valid', () => {
    expect(aShare({ lifetime: '5m' }).spec.lifetime).toBe('5m');
    expect(aShare({ lifetime: '168h' }).spec.lifetime).toBe('168h');
  });

  test('a ClusterShareStore with two kinds of credentials, or none', () => {
    for (const credentials of [{}, { default: {}, secretRef: { name: 'keys' } }]) {
      const spec = { profile: 'aws', region: 'eu-central-1', credentials };
      const input = {
        apiVersion: 'valetkey.dev/v1alpha1',
        kind: 'ClusterShareStore',
        metadata: { name: 'x' },
        spec,
      };
      expect(() => parseClusterShareStore(input)).toThrow(/exactly one of default, secretRef/);
    }
  });

  test.each([
    ['https://user:pw@s3.internal'],
    ['https://s3.internal/?a=b'],
    ['https://s3.internal/'],
    ['ftp://s3.internal'],
  ])('an endpoint %s', (endpoint) => {
    const spec = { profile: 's3', endpoint, credentials: { default: {} } };
    const input = {
      apiVersion: 'valetkey.dev/v1alpha1',
      kind: 'ClusterShareStore',
      metadata: { name: 'x' },
      spec,
    };
    expect(() => parseClusterShareStore(input)).toThrow(
      expect.objectContaining({ code: 'invalid-configuration', field: 'spec.endpoint' }) as Error,
    );
  });
});

test('another kind or version is refused', () => {
  expect(() => parseShare({ ...aShare(), kind: 'SharePolicy' })).toThrow(ValetkeyError);
  expect(() => parseShare({ ...aShare(), apiVersion: 'valetkey.dev/v1' })).toThrow(ValetkeyError);
  expect(() => parseShare(null)).toThrow(ValetkeyError);
});
