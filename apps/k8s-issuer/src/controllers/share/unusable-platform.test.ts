import { readClusterShareStore, readSharePolicy, readShareStore } from '@valetkey/share';
import { expect, test } from 'vitest';

import { downloadPolicySpec } from '../../../test/doubles/stored-objects.ts';
import { createShareCaches } from './share-caches.ts';
import { countUnusable } from './unusable-platform.ts';

const apiVersion = 'valetkey.dev/v1alpha1';
const place = { profile: 's3', region: 'us-east-1', endpoint: 'http://127.0.0.1:9' };
const said = (reason: string, status = 'False') => ({
  conditions: [
    {
      type: 'Ready',
      status,
      reason,
      message: '',
      lastTransitionTime: '2026-11-25T12:00:00Z',
      observedGeneration: 1,
    },
  ],
});

function aPolicy(name: string, change: { spec?: object; status?: object; metadata?: object } = {}) {
  return readSharePolicy({
    apiVersion,
    kind: 'SharePolicy',
    metadata: { name, ...change.metadata },
    spec: { ...downloadPolicySpec, ...change.spec },
    ...(change.status === undefined ? {} : { status: change.status }),
  });
}

function aClusterStore(name: string, status: object, spec: object = {}) {
  const allowedNamespaces = { names: ['vision'] };
  return readClusterShareStore({
    apiVersion,
    kind: 'ClusterShareStore',
    metadata: { name },
    spec: { ...place, credentials: { default: {} }, allowedNamespaces, ...spec },
    status,
  });
}

function aStore(name: string, status: object, spec: object = {}) {
  return readShareStore({
    apiVersion,
    kind: 'ShareStore',
    metadata: { name, namespace: 'vision' },
    spec: { ...place, credentials: { secretRef: { name: 'keys' } }, ...spec },
    status,
  });
}

const counted = (caches: ReturnType<typeof createShareCaches>) =>
  Object.fromEntries(
    countUnusable(caches)
      .filter(({ count }) => count > 0)
      .map(({ kind, reason, count }) => [`${kind} ${reason}`, count]),
  );

test('what breaks a rule counts whatever its status says, and what cannot be used for what it says', () => {
  const caches = createShareCaches();
  caches.policies.set(aPolicy('good', { status: said('Available', 'True') }));
  caches.policies.set(aPolicy('new'));
  caches.policies.set(
    aPolicy('bad', { spec: { lifetime: { max: 'forever' } }, status: said('Available', 'True') }),
  );
  caches.policies.set(aPolicy('odd', { status: said('InvalidSpec') }));
  caches.clusterStores.set(aClusterStore('good', said('Available', 'True')));
  caches.clusterStores.set(aClusterStore('no-keys', said('CredentialsUnavailable')));
  caches.clusterStores.set(aClusterStore('bad', {}, { endpoint: 'nowhere' }));
  caches.stores.set(aStore('late', said('CredentialsExpired')));
  caches.stores.set(aStore('late-too', said('CredentialsExpired')));
  expect(counted(caches)).toEqual({
    'SharePolicy InvalidSpec': 2,
    'ClusterShareStore InvalidSpec': 1,
    'ClusterShareStore CredentialsUnavailable': 1,
    'ShareStore CredentialsExpired': 2,
  });
});

test('what is being deleted does not count', () => {
  const caches = createShareCaches();
  const metadata = { deletionTimestamp: '2026-11-25T12:00:00Z' };
  caches.policies.set(aPolicy('bad', { spec: { lifetime: { max: 'forever' } }, metadata }));
  expect(counted(caches)).toEqual({});
});

test('there is a count for each of 12 pairs of kind and reason, and for no word that a status makes up', () => {
  const caches = createShareCaches();
  const before = countUnusable(caches);
  caches.stores.set(aStore('odd', said('SomethingElse')));
  expect(before).toHaveLength(12);
  expect(countUnusable(caches)).toEqual(before);
});
