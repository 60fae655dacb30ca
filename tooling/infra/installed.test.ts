/** The kustomize base on a real API server: what the issuer may do there, and what its Pods may be. */
import { controlPlane, startKubernetes, type ControlPlane, type ControlPlaneEngine } from '@valetkey/testbed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { renderKustomize } from './rendered.ts';

const namespace = 'valetkey-system';
const issuer = `system:serviceaccount:${namespace}:valetkey-issuer`;
const folder = (name: string) => new URL(`../../infra/kustomize/${name}`, import.meta.url).pathname;

let engine: ControlPlaneEngine;
let cluster: ControlPlane;

beforeAll(async () => {
  engine = await startKubernetes({ report: () => undefined });
  cluster = controlPlane(engine.description);
  for (const name of ['vision', 'team-a', 'team-b']) await cluster.createNamespace(name);
  await apply('base');
});
afterAll(() => engine.stop());

const apply = (name: string, ...more: readonly string[]) =>
  cluster.kubectl('apply', '--server-side', '--force-conflicts', '-k', folder(name), ...more);

/** What `kubectl auth can-i --list` says about the issuer, without what everybody may. */
async function rightsIn(where: string): Promise<readonly string[]> {
  const text = await cluster.kubectl('auth', 'can-i', '--list', '--as', issuer, '-n', where);
  return text
    .split('\n')
    .slice(1)
    .filter((line) => line.trim() !== '' && !/^(selfsubject|\s+\[\/)/.test(line))
    .map((line) => line.replaceAll(/\s+/g, ' ').trim())
    .toSorted();
}

test('every object of the base is taken, also a second time', async () => {
  expect(await apply('base', '--dry-run=server')).toContain(
    'deployment.apps/valetkey-issuer serverside-applied',
  );
  expect(await cluster.kubectl('get', 'deployment', 'valetkey-issuer', '-n', namespace, '-o', 'name')).toBe(
    'deployment.apps/valetkey-issuer\n',
  );
});

describe('kubectl auth can-i --list', () => {
  test('in any namespace: Shares to read, their status to write, Secrets to create and update', async () => {
    expect(await rightsIn('vision')).toMatchInlineSnapshot(`
      [
        "clustersharestores.valetkey.dev [] [] [get list watch]",
        "clustersharestores.valetkey.dev/status [] [] [patch]",
        "events.events.k8s.io [] [] [create update]",
        "namespaces [] [] [get list watch]",
        "secrets [] [] [create update]",
        "sharepolicies.valetkey.dev [] [] [get list watch]",
        "sharepolicies.valetkey.dev/status [] [] [patch]",
        "shares.valetkey.dev [] [] [get list watch]",
        "shares.valetkey.dev/status [] [] [update]",
        "sharestores.valetkey.dev [] [] [get list watch]",
        "sharestores.valetkey.dev/status [] [] [patch]",
      ]
    `);
  });

  test('in the issuer’s own: the Lease as well', async () => {
    expect((await rightsIn(namespace)).filter((line) => line.startsWith('leases'))).toMatchInlineSnapshot(`
      [
        "leases.coordination.k8s.io [] [] [create]",
        "leases.coordination.k8s.io [] [valetkey-issuer] [get list watch patch]",
      ]
    `);
  });

  test.each([
    ['get', 'secrets'],
    ['list', 'secrets'],
    ['watch', 'secrets'],
    ['patch', 'secrets'],
    ['delete', 'secrets'],
    ['create', 'serviceaccounts/token'],
    ['impersonate', 'users'],
    ['escalate', 'clusterroles'],
    ['bind', 'clusterroles'],
    ['update', 'shares'],
    ['delete', 'shares'],
    ['patch', 'shares'],
    ['create', 'pods'],
    ['update', 'sharepolicies'],
  ])('%s %s: no', async (verb, resource) => {
    const { body } = await cluster.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user: issuer, resourceAttributes: toAttributes(verb, resource) },
    });
    expect(body).toMatchObject({ status: { allowed: false } });
  });
});

describe('the Pods', () => {
  const podOf = async (change: object = {}): Promise<object> => {
    const metadata = { name: 'issuer', namespace };
    return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...(await podSpecOf('base')), ...change } };
  };
  const create = async (pod: object) =>
    cluster.request('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod);

  test('are taken where Pod Security is restricted', async () => {
    expect(await create(await podOf())).toMatchObject({ status: 201 });
  });

  test('would not be with a share of the host’s network', async () => {
    expect(await create(await podOf({ hostNetwork: true }))).toMatchObject({ status: 403 });
  });
});

describe('the overlay that deletes Shares which have ended', () => {
  test('adds the right to delete Shares, and no other', async () => {
    const before = await rightsIn('vision');
    await apply('overlays/delete-ended-shares');
    expect((await rightsIn('vision')).filter((line) => !before.includes(line))).toEqual([
      'shares.valetkey.dev [] [] [get list watch delete]',
    ]);
    await apply('base');
    expect(await rightsIn('vision')).toEqual(before);
  });
});

describe('the overlay with a token for stores that name a role', () => {
  test('is taken, and its Pods are where Pod Security is restricted', async () => {
    expect(await apply('overlays/web-identity', '--dry-run=server')).toContain(
      'deployment.apps/valetkey-issuer serverside-applied',
    );
    const metadata = { name: 'issuer-with-token', namespace };
    const spec = await podSpecOf('overlays/web-identity');
    const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
    expect(
      await cluster.request('POST', path, { apiVersion: 'v1', kind: 'Pod', metadata, spec }),
    ).toMatchObject({ status: 201 });
  });
});

describe('the overlay for some namespaces', () => {
  test('leaves rights where Shares are served, and nowhere else', async () => {
    await apply('overlays/namespaced');
    expect(await rightsIn('team-a')).toMatchInlineSnapshot(`
      [
        "clustersharestores.valetkey.dev [] [] [get list watch]",
        "events.events.k8s.io [] [] [create update]",
        "namespaces [] [] [get]",
        "secrets [] [] [create update]",
        "sharepolicies.valetkey.dev [] [] [get list watch]",
        "shares.valetkey.dev [] [] [get list watch]",
        "shares.valetkey.dev/status [] [] [update]",
        "sharestores.valetkey.dev [] [] [get list watch]",
        "sharestores.valetkey.dev/status [] [] [patch]",
      ]
    `);
    expect(await rightsIn('vision')).toMatchInlineSnapshot(`
      [
        "clustersharestores.valetkey.dev [] [] [get list watch]",
        "sharepolicies.valetkey.dev [] [] [get list watch]",
      ]
    `);
  });
});

describe('the overlay with monitoring', () => {
  test('adds to the base what the Prometheus Operator and Grafana pick up, and nothing else', async () => {
    const { kubectl } = engine.description;
    const kindsOf = async (name: string) => (await renderKustomize(kubectl, name)).map(({ kind }) => kind);
    expect((await kindsOf('overlays/monitoring')).toSorted()).toEqual(
      [...(await kindsOf('base')), 'ConfigMap', 'PrometheusRule', 'ServiceMonitor'].toSorted(),
    );
  });
});

/** What the Deployment of a folder makes Pods of. */
async function podSpecOf(name: string): Promise<object> {
  const manifests = await renderKustomize(engine.description.kubectl, name);
  const deployment = manifests.find(({ kind }) => kind === 'Deployment');
  expect(deployment).toHaveProperty('spec.template.spec.containers');
  const { spec } = deployment as unknown as {
    readonly spec: { readonly template: { readonly spec: object } };
  };
  return spec.template.spec;
}

function toAttributes(verb: string, text: string) {
  const [resource = '', subresource] = text.split('/');
  const group = resource.startsWith('share')
    ? 'valetkey.dev'
    : resource.endsWith('roles')
      ? 'rbac.authorization.k8s.io'
      : '';
  return {
    namespace: 'vision',
    verb,
    group,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
  };
}
