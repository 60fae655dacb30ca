import { join } from 'node:path';

import { findProgram } from '../engine/find-program.ts';
import { installOnce } from '../engine/install-once.ts';
import { MissingEngine } from '../engine/missing-engine.ts';
import type { Report } from '../engine/report.ts';
import { runCommand } from '../engine/run-command.ts';

const version = '4.3.1';

/** How helm is called. Plain data, so that it can be handed to test workers. @internal */
export interface HelmDescription {
  /** Path of the program. */
  readonly program: string;
}

/**
 * The path of `helm`, always of the one version that the tests know: from the cache, which is filled by
 * `go install` (about two minutes on two cores, once).
 *
 * @throws MissingEngine when Go is missing or cannot build it.
 *
 * @internal
 */
export const obtainHelm = async (report: Report): Promise<HelmDescription> => {
  const target = `${process.platform}-${process.arch}`;
  const folder = await installOnce(`helm-${version}-${target}`, async (part) => {
    if ((await findProgram('go')) === undefined) throw missing();
    report(`Building helm ${version} with Go (about two minutes, once)`);
    await build(part);
  });
  return { program: join(folder, 'helm') };
};

const build = async (part: string): Promise<void> => {
  const env = { ...process.env, GOBIN: part, CGO_ENABLED: '0' };
  const args = ['install', '-trimpath', '-ldflags', '-s -w', `helm.sh/helm/v4/cmd/helm@v${version}`];
  try {
    await runCommand('go', args, { env });
  } catch (error) {
    throw missing(error);
  }
};

const missing = (cause?: unknown): MissingEngine =>
  new MissingEngine(
    {
      engine: 'helm',
      lookedFor: ['the cache', 'go'],
      install: 'Install Go 1.26 or newer (https://go.dev/dl); it builds helm once.',
    },
    { cause },
  );
