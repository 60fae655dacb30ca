import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findProgram } from '../engine/find-program.ts';
import { installOnce } from '../engine/install-once.ts';
import { MissingEngine } from '../engine/missing-engine.ts';
import type { Report } from '../engine/report.ts';
import { runCommand } from '../engine/run-command.ts';

const cwd = fileURLToPath(new URL('go-module', import.meta.url));
const operatorTypes = 'github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1';
const programs = [
  'github.com/prometheus/prometheus/cmd/promtool',
  'sigs.k8s.io/controller-tools/cmd/controller-gen',
];
/** No service discovery: the SDKs of the clouds are most of what there is to compile. */
const tags = 'remove_all_sd';

/** In the name of the cached folder, so that another version in `go-module/go.mod` is built and not passed over. */
const pinned = [
  'github.com/prometheus/prometheus',
  'github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring',
];

/** What judges alerts and their objects. Plain data, so that it can be handed to test workers. @internal */
export interface PrometheusDescription {
  /** Path of the program that evaluates rules on samples. */
  readonly promtool: string;
  /** Folder of the Prometheus Operator's CustomResourceDefinitions, one `monitoring.coreos.com_*.yaml` each. */
  readonly crds: string;
}

/**
 * `promtool`, and the CustomResourceDefinitions of the Prometheus Operator, made of its Go types as the operator's
 * own are: from the cache, which is filled by Go (about two minutes on two cores and 1 GB of module cache, once).
 *
 * @throws MissingEngine when Go is missing or cannot build them.
 *
 * @internal
 */
export const obtainPrometheus = async (report: Report): Promise<PrometheusDescription> => {
  const target = `${process.platform}-${process.arch}`;
  const versions = await pinnedVersions();
  const folder = await installOnce(`prometheus-${versions.join('-')}-${target}`, async (part) => {
    if ((await findProgram('go')) === undefined) throw missing();
    report(`Building promtool and the Prometheus Operator's CRDs with Go (about two minutes, once)`);
    try {
      await build(part);
    } catch (error) {
      throw missing(error);
    }
  });
  return { promtool: join(folder, 'promtool'), crds: join(folder, 'crds') };
};

const pinnedVersions = async (): Promise<readonly string[]> => {
  const manifest = (await readFile(join(cwd, 'go.mod'), 'utf8')).split(/\s+/);
  return pinned.map((module) => {
    const at = manifest.indexOf(module);
    const version = manifest[at + 1];
    if (at === -1 || version === undefined) throw new Error(`go.mod does not pin ${module}`);
    return version.replace(/^v/, '');
  });
};

const build = async (part: string): Promise<void> => {
  const env = { ...process.env, CGO_ENABLED: '0' };
  const flags = ['-trimpath', '-ldflags', '-s -w', '-tags', tags, '-o', `${part}/`];
  await runCommand('go', ['build', ...flags, ...programs], { cwd, env });
  const generator = join(part, 'controller-gen');
  const crds = join(part, 'crds');
  await runCommand(generator, ['crd', `paths=${operatorTypes}`, `output:crd:dir=${crds}`], { cwd, env });
  await rm(generator);
  if ((await readdir(crds)).length === 0) throw new Error(`${operatorTypes} has no CustomResourceDefinition`);
};

const missing = (cause?: unknown): MissingEngine =>
  new MissingEngine(
    {
      engine: 'prometheus',
      lookedFor: ['the cache', 'go'],
      install: 'Install Go 1.26 or newer (https://go.dev/dl); it builds promtool once.',
    },
    { cause },
  );
