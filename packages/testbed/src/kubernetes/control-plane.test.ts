import { describe, expect, inject, test } from 'vitest';

import { requireEngine } from '../require-engine.ts';
import { controlPlane } from './control-plane.ts';
import { startKubernetes } from './start-kubernetes.ts';

const cluster = () => controlPlane(requireEngine(inject('engines'), 'kubernetes'));

const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within 30 s: ${what}`);
  }
};

describe('the control plane', () => {
  test('is the version that the testbed names', async () => {
    expect(await cluster().kubectl('version')).toContain('Server Version: v1.35.4');
  });

  test('knows a ServiceAccount by its token and lets it read no Secret without a role', async () => {
    const { createNamespace, serviceAccountToken, request } = cluster();
    await createNamespace('tokens');
    await request('POST', '/api/v1/namespaces/tokens/serviceaccounts', { metadata: { name: 'reader' } });
    const token = await serviceAccountToken('tokens', 'reader');
    const self = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const who = await request('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', self, { token });
    expect(JSON.stringify(who.body)).toContain('system:serviceaccount:tokens:reader');
    expect((await request('GET', '/api/v1/namespaces/tokens/secrets', undefined, { token })).status).toBe(
      403,
    );
  });

  test('collects what its deleted owner leaves behind', async () => {
    const { createNamespace, request } = cluster();
    await createNamespace('garbage');
    const owner = await request('POST', '/api/v1/namespaces/garbage/configmaps', {
      metadata: { name: 'owner' },
    });
    const { uid } = (owner.body as { readonly metadata: { readonly uid: string } }).metadata;
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }];
    await request('POST', '/api/v1/namespaces/garbage/secrets', {
      metadata: { name: 'owned', ownerReferences },
    });
    await request('DELETE', '/api/v1/namespaces/garbage/configmaps/owner');
    const owned = '/api/v1/namespaces/garbage/secrets/owned';
    await until('the Secret is gone', async () => (await request('GET', owned)).status === 404);
  });

  test('keeps its data when the API server is killed and started again', async () => {
    const own = await startKubernetes({ report: () => undefined });
    try {
      const { createNamespace, request } = controlPlane(own.description);
      await createNamespace('kept');
      await own.apiServer.kill();
      await expect(request('GET', '/readyz')).rejects.toThrow('ECONNREFUSED');
      await own.apiServer.start();
      expect((await request('GET', '/api/v1/namespaces/kept')).status).toBe(200);
    } finally {
      await own.stop();
    }
  });
});
