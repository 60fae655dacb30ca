import { ValetkeyError, type SigningCredentials, type Store } from '@valetkey/core';
import { describe, expect, test } from 'vitest';
import { aPolicy, aShare, aStore, keys, nowMs } from '../test/builders.ts';
import { renderShares } from './render-share.ts';

const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'vision', labels: { tier: 'ml' } },
};
const signerFor = async (store: Store): Promise<{ store: Store; credentials: SigningCredentials }> => ({
  store,
  credentials: keys,
});
const render = async (...objects: readonly unknown[]) => renderShares(objects, { signerFor, nowMs });

describe('rendering', () => {
  test('gives the Secret of each Share, in the order of the files', async () => {
    const other = aShare({}, { name: 'other' });
    const secrets = await render(aShare(), namespace, aStore(), aPolicy(), other);
    expect(secrets.map(({ metadata }) => metadata.name)).toEqual(['weights', 'other']);
    expect(secrets[0]?.stringData['weights.url']).toContain('/vision/v3/weights.bin?');
  });

  test('passes over kinds that are not its own', async () => {
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'reader' } };
    await expect(render(deployment, aShare(), namespace, aStore(), aPolicy())).resolves.toHaveLength(1);
  });

  test('knows a namespace that is not among the files by its name only', async () => {
    const named = { namespaces: { selector: { matchLabels: { 'kubernetes.io/metadata.name': 'vision' } } } };
    const open = aStore({ allowedNamespaces: { names: ['vision'] } });
    await expect(render(aShare(), open, aPolicy('a', named))).resolves.toHaveLength(1);
    await expect(render(aShare(), aStore(), aPolicy())).rejects.toThrow(/NamespaceNotAllowed/);
  });

  test('takes a Share without a namespace to be in default', async () => {
    const share = aShare({ objects: [{ name: 'a', key: 'default/a' }] }, { namespace: undefined });
    const labelled = { ...namespace, metadata: { ...namespace.metadata, name: 'default' } };
    const [secret] = await render(share, labelled, aStore(), aPolicy());
    expect(secret?.metadata.namespace).toBe('default');
  });

  test('never takes the ShareStore of another namespace', async () => {
    const storeRef = { kind: 'ShareStore', name: 'own' };
    const store = {
      apiVersion: 'valetkey.dev/v1alpha1',
      kind: 'ShareStore',
      metadata: { name: 'own', namespace: 'audio' },
      spec: { profile: 'aws', region: 'eu-central-1', credentials: { secretRef: { name: 'keys' } } },
    };
    const policy = aPolicy('own', { stores: [storeRef] });
    await expect(render(aShare({ storeRef }), namespace, store, policy)).rejects.toThrow(/StoreNotFound/);
    const moved = { ...store, metadata: { name: 'own', namespace: 'vision' } };
    await expect(render(aShare({ storeRef }), namespace, moved, policy)).resolves.toHaveLength(1);
  });

  test('signs for the store that the signer gives back', async () => {
    const [secret] = await renderShares([aShare(), namespace, aStore(), aPolicy()], {
      signerFor: async (store) => ({ store: { ...store, region: 'us-west-2' }, credentials: keys }),
      nowMs,
    });
    expect(secret?.stringData['weights.url']).toContain('%2Fus-west-2%2Fs3%2Faws4_request');
  });
});

describe('rendering is refused', () => {
  const refusalOf = async (...objects: readonly unknown[]): Promise<ValetkeyError> => {
    const error: unknown = await render(...objects).catch((reason: unknown) => reason);
    if (error instanceof ValetkeyError) return error;
    throw new Error('it was not refused', { cause: error });
  };

  test('for a Share that is not allowed, with the reason and its name', async () => {
    const refusal = await refusalOf(aShare({ lifetime: '5h' }), namespace, aStore(), aPolicy());
    expect(refusal).toMatchObject({ code: 'forbidden', field: 'Share vision/weights' });
    expect(refusal.got).toMatch(/^LifetimeTooLong: SharePolicy team-models: spec\.objects\[0\]: /);
  });

  test('when one of several Shares is not allowed', async () => {
    const other = aShare({ objects: [{ name: 'a', key: 'audio/a' }] }, { name: 'other' });
    const refusal = await refusalOf(aShare(), other, namespace, aStore(), aPolicy());
    expect(refusal.field).toBe('Share vision/other');
  });

  test.each([
    ['no Share at all', [namespace]],
    ['nothing', []],
    ['something that is no object', ['text']],
    ['an object without a kind', [{ metadata: { name: 'x' } }]],
    ['a Namespace without a name', [{ kind: 'Namespace', metadata: {} }]],
  ])('for %s', async (_title, objects) => {
    expect((await refusalOf(...objects)).code).toBe('invalid-configuration');
  });

  test('for a field that nobody reads, by its path', async () => {
    const share = aShare();
    const misspelt = { ...share, spec: { ...share.spec, lifetme: '1h' } };
    expect(await refusalOf(misspelt, namespace)).toMatchObject({
      code: 'unknown-field',
      field: 'spec.lifetme',
    });
  });
});
