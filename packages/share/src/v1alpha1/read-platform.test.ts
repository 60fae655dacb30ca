import { describe, expect, test } from 'vitest';
import { aPolicy, aStore } from '../../test/builders.ts';
import { readClusterShareStore, readSharePolicy, readShareStore } from './read-platform.ts';

const { kind: _, ...tenants } = aStore({ credentials: { secretRef: { name: 'keys' } } });
const { allowedNamespaces: _allowed, ...spec } = tenants.spec;
const aShareStore = { ...tenants, kind: 'ShareStore', metadata: { name: 'own', namespace: 'vision' }, spec };

const kinds = [
  { name: 'SharePolicy', read: readSharePolicy, sound: aPolicy(), field: 'lifetime' },
  { name: 'ShareStore', read: readShareStore, sound: aShareStore, field: 'profile' },
  { name: 'ClusterShareStore', read: readClusterShareStore, sound: aStore(), field: 'profile' },
] as const;

describe.each(kinds)('a stored $name', ({ name, read, sound, field }) => {
  const conditions = [
    {
      type: 'Ready',
      status: 'True',
      reason: 'Available',
      message: '',
      lastTransitionTime: '2026-11-24T10:00:00Z',
      observedGeneration: 1,
    },
  ];
  const broken = { ...sound, spec: { ...sound.spec, [field]: 'broken' } };

  test('that keeps every rule is read as it is', () => {
    expect(read({ ...sound, status: { conditions } })).toMatchObject({ ...sound, status: { conditions } });
  });

  test('that breaks a rule keeps its name and status, and says what is wrong', () => {
    expect(read({ ...broken, status: { conditions } })).toMatchObject({
      kind: `Invalid${name}`,
      metadata: sound.metadata,
      status: { conditions },
      finding: { reason: 'InvalidSpec', message: expect.stringContaining(`spec.${field}`) as string },
    });
  });

  test.each([['a text'], [{ conditions: [{ type: 'Ready' }] }]])('loses the status %j', (forged) => {
    expect(read({ ...sound, status: forged })).toEqual({ ...sound, status: undefined });
    expect(read({ ...broken, status: forged })).toMatchObject({ kind: `Invalid${name}`, status: undefined });
  });

  test.each([undefined, null, 'x', [], {}, { metadata: {} }, { metadata: { name: 7 } }])(
    'without a name cannot be read: %j',
    (input) => {
      expect(() => read(input)).toThrow(expect.objectContaining({ name: 'ValetkeyError' }));
    },
  );

  test.each([undefined, null, 'x', 7, []])('with the spec %j is one that breaks a rule', (odd) => {
    expect(read({ ...sound, spec: odd })).toMatchObject({ kind: `Invalid${name}` });
  });
});

describe('whose Shares an invalid policy is about', () => {
  test('is known when namespaces, stores and buckets are sound', () => {
    const { namespaces, stores, buckets } = aPolicy().spec;
    const policy = readSharePolicy({ ...aPolicy(), spec: { ...aPolicy().spec, keys: [''] } });
    expect(policy).toMatchObject({ scope: { namespaces, stores, buckets } });
  });

  test.each([{ namespaces: 'vision' }, { stores: [] }, { buckets: ['..'] }])(
    'is not known with %j',
    (change) => {
      const policy = readSharePolicy({ ...aPolicy(), spec: { ...aPolicy().spec, ...change } });
      expect(policy).toMatchObject({ kind: 'InvalidSharePolicy', scope: undefined });
    },
  );
});
