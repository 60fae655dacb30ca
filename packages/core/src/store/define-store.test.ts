import { describe, expect, test } from 'vitest';

import { defineStore, type StoreDescription } from './define-store.ts';

const define = (change: Partial<StoreDescription>) =>
  defineStore({ name: 'media', profile: 'aws', region: 'eu-central-1', ...change });

test.each([
  [{}, 'https://s3.eu-central-1.amazonaws.com'],
  [{ region: 'cn-north-1' }, 'https://s3.cn-north-1.amazonaws.com.cn'],
  [{ region: 'us-gov-west-1' }, 'https://s3.us-gov-west-1.amazonaws.com'],
  [{ region: 'us-iso-east-1' }, 'https://s3.us-iso-east-1.c2s.ic.gov'],
  [{ region: 'eusc-de-east-1' }, 'https://s3.eusc-de-east-1.amazonaws.eu'],
  [{ useDualstackEndpoint: true }, 'https://s3.dualstack.eu-central-1.amazonaws.com'],
  [{ useFipsEndpoint: true, region: 'us-gov-east-1' }, 'https://s3-fips.us-gov-east-1.amazonaws.com'],
  [
    { useFipsEndpoint: true, useDualstackEndpoint: true, region: 'us-east-2' },
    'https://s3-fips.dualstack.us-east-2.amazonaws.com',
  ],
  [{ profile: 'b2', region: 'us-west-004' }, 'https://s3.us-west-004.backblazeb2.com'],
  [{ profile: 'gcs', region: undefined }, 'https://storage.googleapis.com'],
] as const)('%j is reached at %s', (change, endpoint) => {
  expect(define(change)).toMatchObject({ endpoint, publicEndpoint: endpoint });
});

test.each([
  [{}, 'https://s3-accelerate.amazonaws.com'],
  [{ useDualstackEndpoint: true }, 'https://s3-accelerate.dualstack.amazonaws.com'],
])('accelerated URLs with %j lead to %s, a service calls the region', (change, publicEndpoint) => {
  const store = define({ useAccelerateEndpoint: true, ...change });
  expect(store.publicEndpoint).toBe(publicEndpoint);
  expect(store.endpoint).toContain('.eu-central-1.');
});

describe('refused, with the field', () => {
  test.each([
    ['a variant of another profile', { profile: 'minio', useFipsEndpoint: true }, 'useFipsEndpoint'],
    [
      'a variant beside an endpoint',
      { useDualstackEndpoint: true, endpoint: 'https://h' },
      'useDualstackEndpoint',
    ],
    [
      'acceleration beside a public endpoint',
      { useAccelerateEndpoint: true, publicEndpoint: 'https://h' },
      'useAccelerateEndpoint',
    ],
    ['acceleration by path', { useAccelerateEndpoint: true, addressing: 'path' }, 'useAccelerateEndpoint'],
    [
      'acceleration with FIPS',
      { useAccelerateEndpoint: true, useFipsEndpoint: true },
      'useAccelerateEndpoint',
    ],
    ['acceleration in China', { useAccelerateEndpoint: true, region: 'cn-north-1' }, 'useAccelerateEndpoint'],
    ['FIPS in China', { useFipsEndpoint: true, region: 'cn-northwest-1' }, 'useFipsEndpoint'],
    ['what is no region', { region: 'aws-global' }, 'region'],
    ['no region', { region: undefined }, 'region'],
    ['no endpoint', { profile: 's3' }, 'endpoint'],
    ['an address out of range', { profile: 's3', endpoint: 'http://00.0.0.1' }, 'endpoint'],
  ] as const)('%s', (_title, change, field) => {
    expect(() => define(change)).toThrow(
      expect.objectContaining({ code: 'invalid-configuration', field: `stores.media.${field}` }),
    );
  });
});

test('IPv6 is written as URL parsers send it', () => {
  const store = define({ profile: 's3', endpoint: 'http://[2001:DB8:0:0::1]:80/base/' });
  expect(store.endpoint).toBe('http://[2001:db8::1]/base');
});
