import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findProgram, isExecutableFile } from '../engine/find-program.ts';
import { installOnce } from '../engine/install-once.ts';
import { MissingEngine } from '../engine/missing-engine.ts';
import type { Report } from '../engine/report.ts';
import { runCommand } from '../engine/run-command.ts';

const kubernetesVersion = '1.35.4';
const etcdVersion = '3.6.5';
const modules = join(dirname(fileURLToPath(import.meta.url)), 'engine-modules');
const target = `${process.platform}-${process.arch}`;

/** Paths of the control plane's programs. @internal */
export interface KubernetesPrograms {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubeControllerManager: string;
  readonly kubectl: string;
}

/**
 * The control plane's programs: those that `TEST_ASSET_*` or `KUBEBUILDER_ASSETS` name, else from the cache,
 * which is filled by Go (about six minutes on two cores and 2 GB of module cache, once).
 *
 * @throws MissingEngine when Go is missing or cannot build them.
 *
 * @internal
 */
export const obtainKubernetes = async (report: Report): Promise<KubernetesPrograms> => {
  const given = {
    etcd: await givenProgram('etcd', 'TEST_ASSET_ETCD'),
    kubeApiserver: await givenProgram('kube-apiserver', 'TEST_ASSET_KUBE_APISERVER'),
    kubectl: await givenProgram('kubectl', 'TEST_ASSET_KUBECTL'),
  };
  const etcd = given.etcd ?? join(await obtainEtcd(report), 'etcd');
  // envtest's archives have no kube-controller-manager, so the build is needed all the same.
  const folder = await obtainBuild(report);
  return {
    etcd,
    kubeApiserver: given.kubeApiserver ?? join(folder, 'kube-apiserver'),
    kubeControllerManager: join(folder, 'kube-controller-manager'),
    kubectl: given.kubectl ?? join(folder, 'kubectl'),
  };
};

const givenProgram = async (name: string, variable: string): Promise<string | undefined> => {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  const path = process.env[variable] ?? (assets === undefined ? undefined : join(assets, name));
  return path !== undefined && (await isExecutableFile(path)) ? path : undefined;
};

const obtainEtcd = (report: Report): Promise<string> =>
  installOnce(`etcd-${etcdVersion}-${target}`, async (part) => {
    await build(report, 'etcd', {
      module: 'etcd',
      title: `etcd ${etcdVersion} with Go (about a minute, once)`,
      output: join(part, 'etcd'),
      package: 'go.etcd.io/etcd/server/v3',
      flags: '-s -w',
    });
  });

const obtainBuild = (report: Report): Promise<string> =>
  installOnce(`kubernetes-${kubernetesVersion}-${target}`, async (part) => {
    const [major = '', minor = ''] = kubernetesVersion.split('.');
    const version = 'k8s.io/component-base/version';
    const flags = `-s -w -X ${version}.gitVersion=v${kubernetesVersion} -X ${version}.gitMajor=${major} -X ${version}.gitMinor=${minor}`;
    for (const [program, duration] of [
      ['kube-apiserver', 'about 4 minutes'],
      ['kube-controller-manager', 'about a minute'],
      ['kubectl', 'half a minute'],
    ] as const) {
      await build(report, 'Kubernetes', {
        module: 'kubernetes',
        title: `${program} ${kubernetesVersion} with Go (${duration}, once)`,
        output: join(part, program),
        package: `k8s.io/kubernetes/cmd/${program}`,
        flags,
      });
    }
  });

interface GoBuild {
  /** Folder with the `go.mod` that pins everything. */
  readonly module: string;
  readonly title: string;
  readonly output: string;
  readonly package: string;
  readonly flags: string;
}

const build = async (report: Report, engine: string, options: GoBuild): Promise<void> => {
  if ((await findProgram('go')) === undefined) throw missing(engine);
  report(`Building ${options.title}`);
  const args = ['build', '-trimpath', '-ldflags', options.flags, '-o', options.output, options.package];
  try {
    await runCommand('go', args, {
      cwd: join(modules, options.module),
      env: { ...process.env, CGO_ENABLED: '0' },
    });
  } catch (error) {
    throw missing(engine, error);
  }
};

const missing = (engine: string, cause?: unknown): MissingEngine =>
  new MissingEngine(
    {
      engine,
      lookedFor: ['TEST_ASSET_* and KUBEBUILDER_ASSETS', 'the cache', 'go'],
      install: 'Install Go 1.26 or newer (https://go.dev/dl); it builds the control plane once.',
    },
    { cause },
  );
