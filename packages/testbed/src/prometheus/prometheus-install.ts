import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findProgram } from '../engine/find-program.ts';
import { installOnce } from '../engine/install-once.ts';
import { MissingEngine } from '../engine/missing-engine.ts';
import type { Report } from '../engine/report.ts';
import { runCommand } from '../engine/run-command.ts';

/** Prometheus' and its operator's versions, as `go-module/go.mod` has them. */
const versions = '0.316.0-0.95.2';
const cwd = fileURLToPath(new URL('go-module', import.meta.url));
const operatorTypes = 'github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1';
const programs = [
  'github.com/prometheus/prometheus/cmd/promtool',
  'sigs.k8s.io/controller-tools/cmd/controller-gen',
];
/** No service discovery: the SDKs of the clouds are most of what there is to compile. */
const tags = 'remove_all_sd';

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
  const folder = await installOnce(`prometheus-${versions}-${target}`, async (part) => {
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
