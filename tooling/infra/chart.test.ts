/** The Helm chart, rendered and installed by the real helm on a control plane of its own. */
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import {
  controlPlane,
  requireEngine,
  runCommand,
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
    ['a time that is none', { election: { leaseDuration: 'long' } }],
    ['an STS with a path', { sts: { endpoint: 'https://sts.example.com/a b' } }],
    ['a token of a minute', { webIdentityToken: { expirationSeconds: 60 } }],
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

  test('a namespace that is named as the issuer is, keeps its name', async () => {
    const args = ['template', 'keys', chart, '--namespace', 'valetkey-issuer', '--set', 'name=keys'];
    const text = await runHelm(helm, args);
    expect(text).toContain("'system:serviceaccount:valetkey-issuer:keys'");
    expect(text).not.toContain('system:serviceaccount:keys:keys');
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

describe('what an overlay changes', () => {
  const on = { enabled: true };

  test.each<[string, object]>([
    ['namespaced', { namespaces: ['team-a', 'team-b'] }],
    ['delete-ended-shares', { deleteEndedShares: true }],
    ['web-identity', { webIdentityToken: on }],
    ['monitoring', { monitoring: { serviceMonitor: on, prometheusRule: on, dashboard: on } }],
  ])('%s: the chart does with values', async (overlay, values) => {
    const fromChart = byId(await renderChart(helm, values));
    const fromOverlay = byId(await renderKustomize(kubectl, `overlays/${overlay}`));
    fromOverlay.delete('Namespace /valetkey-system');
    expect([...fromChart.keys()].toSorted()).toEqual([...fromOverlay.keys()].toSorted());
    for (const [id, manifest] of fromOverlay) expect(fromChart.get(id), id).toEqual(manifest);
  });

  test('each overlay is among them', () => {
    expect(readdirSync(new URL('../../infra/kustomize/overlays', import.meta.url)).toSorted()).toEqual([
      'delete-ended-shares',
      'monitoring',
      'namespaced',
      'web-identity',
    ]);
  });
});

describe('the ServiceMonitor', () => {
  test.each(['valetkey-issuer', 'keys'])(
    'of %s selects its Service, by a port that this has',
    async (name) => {
      const values = { name, monitoring: { serviceMonitor: { enabled: true } } };
      const manifests = byKind(await renderChart(helm, values));
      const labels = { 'app.kubernetes.io/name': name };
      expect(manifests.get('ServiceMonitor')).toMatchObject({
        spec: { selector: { matchLabels: labels }, endpoints: [{ port: 'http' }] },
      });
      expect(manifests.get('Service')).toMatchObject({
        metadata: { labels },
        spec: { ports: [{ name: 'http' }] },
      });
    },
  );
});

test.each(['1234', 'true', 'https://sts.example.com'])(
  'the audience %s of a token stays text',
  async (audience) => {
    const manifests = byKind(await renderChart(helm, { webIdentityToken: { enabled: true, audience } }));
    const volumes = [{ projected: { sources: [{ serviceAccountToken: { audience } }] } }];
    expect(manifests.get('Deployment')).toMatchObject({ spec: { template: { spec: { volumes } } } });
  },
);

describe('the flags of the issuer', () => {
  // One value that is not the default for every flag that a value decides.
  const values = {
    name: 'keys',
    namespaces: ['team-a'],
    workers: 24,
    election: { leaseDuration: '1m', renewDeadline: '40s', retryPeriod: '5s' },
    sts: { endpoint: 'https://sts.example.com:8443', region: 'eu-central-1' },
    deleteEndedShares: true,
    admissionPolicy: { required: false },
  };
  /** A kubeconfig is for outside of a cluster; help is for people. */
  const notForCharts = new Set(['--help', '--kubeconfig']);
  const main = new URL('../../apps/k8s-issuer/src/main.ts', import.meta.url).pathname;
  const run = (args: readonly string[]) =>
    runCommand(process.execPath, ['--conditions=@valetkey/source', main, ...args]);

  test('can all be reached by a value, and none is passed that it does not know', async () => {
    const args = argsOf(await renderChart(helm, values));
    const known = [...(await run(['--help'])).matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag = '']) => flag);
    expect(args.map((arg) => arg.split('=')[0] ?? '').toSorted()).toEqual(
      known.filter((flag) => !notForCharts.has(flag)).toSorted(),
    );
  });

  test('are taken by the issuer as the chart writes them', async () => {
    const args = argsOf(await renderChart(helm, values));
    // It looks for the cluster once it has understood everything else.
    await expect(run([...args, '--kubeconfig=/nonexistent'])).rejects.toThrow(/--kubeconfig: expected/);
    await expect(run([...args, '--workers=0', '--kubeconfig=/nonexistent'])).rejects.toThrow(/--workers/);
  });

  test('that delete Shares come with the right to, where Shares are served and nowhere else', async () => {
    const mayDelete = async (change: object) =>
      (await renderChart(helm, { ...change, userRoles: { enabled: false } }))
        .filter(({ rules }) => JSON.stringify(rules ?? []).includes('"delete"'))
        .map(toId);
    expect(await mayDelete({})).toEqual([]);
    expect(await mayDelete({ deleteEndedShares: true })).toEqual(['ClusterRole /valetkey-issuer']);
    expect(await mayDelete({ deleteEndedShares: true, namespaces: ['team-a'] })).toEqual([
      'Role team-a/valetkey-issuer',
    ]);
  });
});

function argsOf(manifests: readonly Manifest[]): readonly string[] {
  const deployment = manifests.find(({ kind }) => kind === 'Deployment');
  expect(deployment).toHaveProperty('spec.template.spec.containers');
  const { spec } = deployment as unknown as {
    readonly spec: {
      readonly template: {
        readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] };
      };
    };
  };
  return spec.template.spec.containers[0]?.args ?? [];
}

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

      await withValues({ deleteEndedShares: true, webIdentityToken: { enabled: true } }, (file) =>
        install(['upgrade', 'valetkey', chart, '--values', file]),
      );
      const issuer = 'system:serviceaccount:valetkey-system:valetkey-issuer';
      expect(await cluster.kubectl('auth', 'can-i', 'delete', 'shares', '-n', 'team-a', '--as', issuer)).toBe(
        'yes\n',
      );
      const source = '{.spec.template.spec.volumes[*].projected.sources[*].serviceAccountToken}';
      expect(
        JSON.parse(
          await cluster.kubectl(
            'get',
            'deployment',
            'valetkey-issuer',
            '-n',
            'valetkey-system',
            '-o',
            `jsonpath=${source}`,
          ),
        ),
      ).toEqual({ audience: 'sts.amazonaws.com', expirationSeconds: 3600, path: 'token' });

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

function byKind(manifests: readonly Manifest[]): Map<string, Manifest> {
  return new Map(manifests.map((manifest) => [manifest.kind, manifest]));
}

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
