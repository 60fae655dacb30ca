import { parseClusterShareStore, parseShare, parseSharePolicy } from '@valetkey/share';
import { expect, test } from 'vitest';

import { createMirror, type MirrorHandlers } from '../../runtime/mirror.ts';
import type { ApiObject } from '../../runtime/object-key.ts';
import type { ObjectStore } from '../../runtime/object-store.ts';
import { createShareHandlers } from './handlers.ts';
import { createShareCaches } from './share-caches.ts';
import { createShareMemory } from './share-memory.ts';

const apiVersion = 'valetkey.dev/v1alpha1';
const storeRef = { kind: 'ClusterShareStore', name: 'models' };

function aShare(name: string, target: object = {}) {
  return parseShare({
    apiVersion,
    kind: 'Share',
    metadata: { name, namespace: 'vision', uid: `uid-${name}`, generation: 1 },
    spec: { storeRef, bucket: 'models', objects: [{ name: 'w', key: 'vision/w' }], target },
  });
}

function aPolicy(metadata: object, keys = ['{namespace}/{rest}']) {
  return parseSharePolicy({
    apiVersion,
    kind: 'SharePolicy',
    metadata: { name: 'models', generation: 1, ...metadata },
    spec: {
      namespaces: { names: ['vision'] },
      stores: [storeRef],
      buckets: ['models'],
      actions: ['download'],
      keys,
      lifetime: { max: '4h' },
    },
  });
}

function aStore(metadata: object) {
  return parseClusterShareStore({
    apiVersion,
    kind: 'ClusterShareStore',
    metadata: { name: 'models', generation: 1, ...metadata },
    spec: {
      profile: 'aws',
      region: 'us-east-1',
      credentials: { default: {} },
      allowedNamespaces: { names: ['vision'] },
    },
  });
}

function bench() {
  const caches = createShareCaches();
  const added: string[] = [];
  const handlers = createShareHandlers(caches, createShareMemory(), (key) => added.push(key));
  const mirror = <T extends ApiObject>(store: ObjectStore<T>, told: MirrorHandlers<T>) =>
    createMirror({
      store,
      handlers: told,
      onError: (error) => {
        throw error;
      },
    });
  return { caches, handlers, mirror, visits: () => added.splice(0) };
}

test('a policy that was deleted and made anew while nobody watched is another one', () => {
  const { caches, handlers, mirror, visits } = bench();
  caches.shares.set(aShare('weights'));
  const policies = mirror(caches.policies, handlers.policy);
  policies.replace([aPolicy({ uid: 'a', resourceVersion: '10' })], '10');
  expect(visits()).toEqual(['vision/weights']);
  policies.replace([aPolicy({ uid: 'a', resourceVersion: '20' })], '20');
  expect(visits()).toEqual([]);
  policies.replace([aPolicy({ uid: 'b', resourceVersion: '90' }, ['nothing/{rest}'])], '90');
  expect(visits()).toContain('vision/weights');
});

test('a store and a namespace that were made anew are others, too', () => {
  const { caches, handlers, mirror, visits } = bench();
  caches.shares.set(aShare('weights'));
  const stores = mirror(caches.clusterStores, handlers.store);
  const namespaces = mirror(caches.namespaces, handlers.namespace);
  const namespace = (uid: string, resourceVersion: string) => ({
    metadata: { name: 'vision', uid, resourceVersion },
  });
  stores.replace([aStore({ uid: 'a', resourceVersion: '1' })], '1');
  namespaces.replace([namespace('a', '1')], '1');
  visits();
  stores.replace([aStore({ uid: 'b', resourceVersion: '2' })], '2');
  expect(visits()).toContain('vision/weights');
  namespaces.replace([namespace('b', '2')], '2');
  expect(visits()).toContain('vision/weights');
});

test('of many Shares that wait for a name only the next one is visited when it gets free', () => {
  const { caches, handlers, mirror, visits } = bench();
  const shares = mirror(caches.shares, handlers.share);
  const rivals = Array.from({ length: 100 }, (_, n) => aShare(`s-${n + 100}`, { secretName: 'one' }));
  shares.replace(rivals, '1');
  visits();
  shares.replace(rivals.slice(1), '2');
  expect(visits()).toEqual(['vision/s-100', 'vision/s-101']);
});
