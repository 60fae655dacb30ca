/**
 * The demo's cluster: a control plane, what the issuer needs in it, the issuer under its own ServiceAccount, and
 * the examples.
 */
import { readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import {
  controlPlane,
  findProgram,
  freePort,
  startEngine,
  startKubernetes,
  temporaryFolder,
  toKubeconfig,
  type ControlPlaneDescription,
  type S3Description,
} from '@valetkey/testbed';
import { parseAllDocuments, stringify } from 'yaml';

import type { Progress } from './progress.ts';
import type { Shutdown } from './shutdown.ts';
import { demoFolder } from './store.ts';

const issuer = { namespace: 'valetkey-system', name: 'valetkey-issuer' };
const examples = ['examples/kubernetes/platform.yaml', 'examples/kubernetes/share.yaml'];

/** Starts everything and resolves when the example's Share is Ready. */
export async function startCluster(
  progress: Progress,
  shutdown: Shutdown,
  store: S3Description,
): Promise<string> {
  const engine = await progress.stage('Starting a Kubernetes control plane', (report) =>
    startKubernetes({ report }),
  );
  shutdown.onStop('the control plane', engine.stop);
  const cluster = controlPlane(engine.description);
  await progress.stage('Applying CRDs, roles and admission policy', async () => {
    await cluster.kubectl('apply', '--server-side', '-k', 'infra/kustomize/base');
    await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
  });
  await progress.stage('Starting the issuer as its own ServiceAccount', () =>
    startIssuer(engine.description, store, shutdown),
  );
  await progress.stage('Applying examples/kubernetes and waiting for the Share', async () => {
    for (const file of examples) await cluster.apply(await withEndpoint(file, store.endpoint));
    await cluster.kubectl('wait', '--for=condition=Ready', 'share/weights', '-n', 'vision', '--timeout=60s');
  });
  return toKubectlLine(engine.description);
}

/** The lines to paste; `kubectl` is how kubectl is called here. */
export function showCluster(kubectl: string): string {
  return `
The Share in the cluster, and its Secret:
  ${kubectl} get shares -n vision -o wide
  ${kubectl} describe share weights -n vision
  ${kubectl} get secret weights-urls -n vision -o jsonpath='{.data.manifest\\.json}' | base64 -d

What a pod that mounts the Secret can do (200):
  ${kubectl} get secret weights-urls -n vision -o jsonpath='{.data.weights\\.curl}' | base64 -d | curl -s --config - -o ${demoFolder}/weights.bin -w '%{http_code}\\n'
`;
}

async function startIssuer(
  description: ControlPlaneDescription,
  store: S3Description,
  shutdown: Shutdown,
): Promise<void> {
  const token = await controlPlane(description).serviceAccountToken(issuer.namespace, issuer.name);
  const folder = await temporaryFolder('issuer');
  shutdown.onStop("the issuer's folder", folder.remove);
  const kubeconfig = path.join(folder.path, 'kubeconfig');
  await writeFile(kubeconfig, toKubeconfig(description, token), { mode: 0o600 });
  const port = await freePort();
  const main = path.resolve('apps/k8s-issuer/src/main.ts');
  const process_ = await startEngine({
    name: 'k8s-issuer',
    command: process.execPath,
    args: [
      '--conditions=@valetkey/source',
      main,
      '--kubeconfig',
      kubeconfig,
      '--listen',
      `127.0.0.1:${port}`,
    ],
    env: {
      AWS_ACCESS_KEY_ID: store.accessKeyId,
      AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
    },
    folder: folder.path,
    ready: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok,
    stopGraceMs: 10_000,
  });
  shutdown.onStop('the issuer', process_.stop);
}

/** The examples name a usual port; the demo's engine has a free one. */
async function withEndpoint(file: string, endpoint: string): Promise<string> {
  const documents = parseAllDocuments(await readFile(file, 'utf8'));
  for (const document of documents) {
    if (document.get('kind') === 'ClusterShareStore') document.setIn(['spec', 'endpoint'], endpoint);
  }
  return documents.map((document) => stringify(document)).join('---\n');
}

async function toKubectlLine(description: ControlPlaneDescription): Promise<string> {
  const kubeconfig = `${demoFolder}/kubeconfig`;
  await writeFile(kubeconfig, toKubeconfig(description, description.adminToken), { mode: 0o600 });
  if ((await findProgram('kubectl')) !== undefined) return `kubectl --kubeconfig ${kubeconfig}`;
  await symlink(description.kubectl, `${demoFolder}/kubectl`);
  return `${demoFolder}/kubectl --kubeconfig ${kubeconfig}`;
}
