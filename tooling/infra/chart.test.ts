/** The Helm chart, rendered and installed by the real helm on a control plane of its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import {
  controlPlane,
  requireEngine,
  startKubernetes,
  toKubeconfig,
  type ControlPlaneEngine,
} from '@valetkey/testbed';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { chart, renderChart, renderKustomize, runHelm, toId, withValues, type Manifest } from './rendered.ts';

const { program: helm } = requireEngine(inject('engines'), 'helm');
const { kubectl } = requireEngine(inject('engines'), 'kubernetes');

describe('without any value', () => {
  test('the chart makes the same objects as the kustomize base', async () => {
    const fromChart = byId(await renderChart(helm));
    const fromBase = byId(await renderKustomize(kubectl, 'base'));
    // Helm makes the namespace itself, on request.
    fromBase.delete('Namespace /valetkey-system');
    expect([...fromChart.keys()].toSorted()).toEqual([...fromBase.keys()].toSorted());
    for (const [id, manifest] of fromBase) expect(fromChart.get(id), id).toEqual(manifest);
  });

  test('helm lint has nothing to say', async () => {
    expect(await runHelm(helm, ['lint', '--strict', chart])).toContain('0 chart(s) failed');
  });
});

describe('values', () => {
  test.each<[string, object]>([
    ['a name that is none', { replica: 3 }],
    ['one deep inside', { image: { repo: 'x' } }],
    ['no replicas', { replicas: 0 }],
    ['a namespace in capitals', { namespaces: ['Team-A'] }],
    ['a wildcard of namespaces', { namespaces: ['*'] }],
    ['a digest that is none', { image: { digest: 'latest' } }],
    ['a number for a name', { name: 7 }],
    ['an interval without a unit', { monitoring: { serviceMonitor: { interval: '30' } } }],
  ])('%s are refused', async (_, values) => {
    await expect(renderChart(helm, values)).rejects.toThrow(
      /values don't meet the specifications of the schema/,
    );
  });

  test('reach the Pods', async () => {
    const manifests = await renderChart(helm, {
      name: 'keys',
      replicas: 3,
      workers: 24,
      image: {
        repository: 'mirror.example.com/k8s-issuer',
        digest: `sha256:${'a'.repeat(64)}`,
        pullSecrets: ['pull'],
      },
      environment: [{ name: 'AWS_REGION', value: 'eu-central-1' }],
      serviceAccount: {
        annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/issuer' },
      },
      pod: {
        labels: { team: 'storage' },
        annotations: { note: 'x' },
        nodeSelector: { disk: 'ssd' },
        tolerations: [{ key: 'infra', operator: 'Exists' }],
        affinity: { nodeAffinity: {} },
        priorityClassName: 'system-cluster-critical',
      },
    });
    const deployment = byId(manifests).get('Deployment valetkey-system/keys');
    expect(deployment?.['spec']).toMatchObject({
      replicas: 3,
      selector: { matchLabels: { 'app.kubernetes.io/name': 'keys' } },
      template: {
        metadata: {
          labels: { 'app.kubernetes.io/name': 'keys', team: 'storage' },
          annotations: { note: 'x' },
        },
        spec: {
          imagePullSecrets: [{ name: 'pull' }],
          nodeSelector: { disk: 'ssd' },
          priorityClassName: 'system-cluster-critical',
          tolerations: [{ key: 'infra', operator: 'Exists' }],
          containers: [
            {
              image: `mirror.example.com/k8s-issuer@sha256:${'a'.repeat(64)}`,
              args: expect.arrayContaining(['--lease-name=keys', '--workers=24']),
              env: expect.arrayContaining([{ name: 'AWS_REGION', value: 'eu-central-1' }]),
            },
          ],
        },
      },
    });
    const account = manifests.find(({ kind }) => kind === 'ServiceAccount');
    expect(account?.metadata.annotations).toEqual({
      'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/issuer',
    });
    const policy = manifests.find(({ kind }) => kind === 'ValidatingAdmissionPolicy');
    expect(JSON.stringify(policy)).toContain("'system:serviceaccount:valetkey-system:keys'");
  });

  test.each<[string, object, readonly string[]]>([
    ['crds', { crds: { enabled: false } }, ['CustomResourceDefinition']],
    ['userRoles', { userRoles: { enabled: false } }, ['ClusterRole']],
    [
      'admissionPolicy',
      { admissionPolicy: { enabled: false } },
      ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
    ],
    ['disruptionBudget', { disruptionBudget: { enabled: false } }, ['PodDisruptionBudget']],
    ['networkPolicy', { networkPolicy: { enabled: false } }, ['NetworkPolicy']],
  ])('%s can be left out, and nothing else goes with it', async (_, values, kinds) => {
    const all = (await renderChart(helm)).map(toId);
    const rest = (await renderChart(helm, values)).map(toId);
    const gone = all.filter((id) => !rest.includes(id));
    expect(new Set(gone.map((id) => id.split(' ')[0]))).toEqual(new Set(kinds));
    expect(rest.filter((id) => !all.includes(id))).toEqual([]);
  });
});

describe('in some namespaces only', () => {
  test('the chart makes the same objects as the overlay', async () => {
    const fromChart = byId(await renderChart(helm, { namespaces: ['team-a', 'team-b'] }));
    const fromOverlay = byId(await renderKustomize(kubectl, 'overlays/namespaced'));
    fromOverlay.delete('Namespace /valetkey-system');
    expect([...fromChart.keys()].toSorted()).toEqual([...fromOverlay.keys()].toSorted());
    for (const [id, manifest] of fromOverlay) expect(fromChart.get(id), id).toEqual(manifest);
  });
});

describe('with monitoring', () => {
  test('the chart makes the same objects as the overlay', async () => {
    const on = { enabled: true };
    const values = { monitoring: { serviceMonitor: on, prometheusRule: on, dashboard: on } };
    const fromChart = byId(await renderChart(helm, values));
    const fromOverlay = byId(await renderKustomize(kubectl, 'overlays/monitoring'));
    fromOverlay.delete('Namespace /valetkey-system');
    expect([...fromChart.keys()].toSorted()).toEqual([...fromOverlay.keys()].toSorted());
    for (const [id, manifest] of fromOverlay) expect(fromChart.get(id), id).toEqual(manifest);
  });
});

describe('installed', () => {
  let engine: ControlPlaneEngine;
  let folder: string;
  const install = (args: readonly string[]) =>
    runHelm(helm, [
      ...args,
      '--namespace',
      'valetkey-system',
      '--kubeconfig',
      path.join(folder, 'kubeconfig'),
    ]);

  beforeAll(async () => {
    engine = await startKubernetes({ report: () => undefined });
    folder = await mkdtemp(path.join(tmpdir(), 'valetkey-chart-'));
    const kubeconfig = toKubeconfig(engine.description, engine.description.adminToken);
    await writeFile(path.join(folder, 'kubeconfig'), kubeconfig, { mode: 0o600 });
  });
  afterAll(async () => {
    await engine.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test(
    'it installs, upgrades to namespaced mode, and leaves Shares behind when it goes',
    { timeout: 120_000 },
    async () => {
      const cluster = controlPlane(engine.description);
      for (const name of ['team-a', 'team-b']) await cluster.createNamespace(name);
      await install(['install', 'valetkey', chart, '--create-namespace']);
      await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
      expect(await cluster.kubectl('get', 'validatingadmissionpolicies', '-o', 'name')).toContain(
        'valetkey-issuer-secrets',
      );
      await cluster.apply(JSON.stringify(share));

      await withValues({ namespaces: ['team-a', 'team-b'] }, (file) =>
        install(['upgrade', 'valetkey', chart, '--values', file]),
      );
      const rules = await cluster.kubectl(
        'get',
        'clusterrole',
        'valetkey-issuer',
        '-o',
        'jsonpath={.rules[*].resources}',
      );
      expect(rules).toBe('["sharepolicies","clustersharestores"]');

      await install(['uninstall', 'valetkey']);
      expect(await cluster.kubectl('get', 'shares', '-n', 'team-a', '-o', 'name')).toBe(
        'share.valetkey.dev/weights\n',
      );
      expect(await cluster.kubectl('get', 'deployments', '-n', 'valetkey-system', '-o', 'name')).toBe('');
    },
  );
});

const share = {
  apiVersion: 'valetkey.dev/v1alpha1',
  kind: 'Share',
  metadata: { name: 'weights', namespace: 'team-a' },
  spec: {
    storeRef: { kind: 'ClusterShareStore', name: 'models' },
    bucket: 'models',
    objects: [{ name: 'weights', key: 'team-a/weights.bin' }],
  },
};

/** Without what only Helm adds: its labels, and that CRDs stay. */
function byId(manifests: readonly Manifest[]): Map<string, Manifest> {
  return new Map(manifests.map((manifest) => [toId(manifest), withoutHelm(manifest)]));
}

function withoutHelm({ metadata, ...rest }: Manifest): Manifest {
  const { labels = {}, annotations = {}, ...others } = metadata;
  const kept = Object.fromEntries(
    Object.entries(labels).filter(([key]) => !/^(app\.kubernetes\.io\/|helm\.sh\/)/.test(key)),
  );
  const { 'helm.sh/resource-policy': _, ...notes } = annotations;
  return {
    ...rest,
    metadata: {
      ...others,
      ...(Object.keys(kept).length === 0 ? {} : { labels: kept }),
      ...(Object.keys(notes).length === 0 ? {} : { annotations: notes }),
    },
  };
}
