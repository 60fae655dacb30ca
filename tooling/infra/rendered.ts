/** The chart and the overlays as the objects they become. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { runCommand } from '@valetkey/testbed';
import { parseAllDocuments, stringify } from 'yaml';

/** An object as it would be applied. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

export const chart = new URL('../../infra/helm/valetkey', import.meta.url).pathname;

/** What `kubectl kustomize` makes of a folder of `infra/kustomize`. */
export async function renderKustomize(kubectl: string, folder: string): Promise<readonly Manifest[]> {
  const at = new URL(`../../infra/kustomize/${folder}`, import.meta.url).pathname;
  return toManifests(await runCommand(kubectl, ['kustomize', at]));
}

/** What `helm template` makes of the chart with these values, as for a cluster with the Prometheus Operator. */
export async function renderChart(helm: string, values: object = {}): Promise<readonly Manifest[]> {
  return withValues(values, async (file) => {
    const args = ['template', 'valetkey', chart, '--namespace', 'valetkey-system', '--values', file];
    return toManifests(await runHelm(helm, args));
  });
}

/** Runs helm with a home of its own, so that nothing of this machine's counts. */
export async function runHelm(helm: string, args: readonly string[]): Promise<string> {
  const home = await mkdtemp(path.join(tmpdir(), 'valetkey-helm-'));
  try {
    return await runCommand(helm, args, { env: { HOME: home, PATH: process.env['PATH'] } });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Hands the values over as a file. */
export async function withValues<T>(values: object, use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'valetkey-values-'));
  try {
    const file = path.join(folder, 'values.yaml');
    await writeFile(file, stringify(values));
    return await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `Kind namespace/name`, by which two sets of objects are compared. */
export function toId({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

function toManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text)
    .map((document) => {
      const [problem] = document.errors;
      if (problem !== undefined) throw problem;
      return document.toJS() as Manifest | null;
    })
    .filter((manifest) => manifest !== null);
}
