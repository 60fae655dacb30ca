import { join } from 'node:path';

import { findProgram } from '../engine/find-program.ts';
import { installOnce } from '../engine/install-once.ts';
import { MissingEngine } from '../engine/missing-engine.ts';
import type { Report } from '../engine/report.ts';
import { runCommand } from '../engine/run-command.ts';

const version = '1.8.0';

/**
 * The path of `versitygw`: from `PATH`, else from the cache, which is filled by `go install` (about 90
 * seconds on two cores).
 *
 * @throws MissingEngine when Go is missing or cannot build it.
 *
 * @internal
 */
export const obtainVersitygw = async (report: Report): Promise<string> => {
  const installed = await findProgram('versitygw');
  if (installed) return installed;
  const target = `${process.platform}-${process.arch}`;
  const folder = await installOnce(`versitygw-${version}-${target}`, async (part) => {
    report(`Building versitygw ${version} with Go (about 90 seconds, once)`);
    await build(part);
  });
  return join(folder, 'versitygw');
};

const build = async (part: string): Promise<void> => {
  const env = { ...process.env, GOBIN: part, CGO_ENABLED: '0' };
  try {
    await runCommand('go', ['install', `github.com/versity/versitygw/cmd/versitygw@v${version}`], { env });
  } catch (error) {
    const facts = {
      engine: 'versitygw',
      lookedFor: ['versitygw on PATH', 'the cache', 'go'],
      install: `Install Go (https://go.dev/dl), or put versitygw ${version} on PATH.`,
    };
    throw new MissingEngine(facts, { cause: error });
  }
};
