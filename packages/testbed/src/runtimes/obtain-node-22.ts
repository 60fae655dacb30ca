import { createRequire } from 'node:module';

import { findProgram, isExecutableFile } from '../engine/find-program.ts';
import { MissingEngine } from '../engine/missing-engine.ts';
import { runCommand } from '../engine/run-command.ts';

/**
 * A Node 22, the oldest line that the published packages run on: the one of VALETKEY_NODE_22, else of the npm
 * package (Linux on x64 and arm64), else `node` on `PATH` when it is one.
 *
 * @throws MissingEngine when none of them runs.
 *
 * @internal
 */
export const obtainNode22 = async (): Promise<string> => {
  const named = process.env['VALETKEY_NODE_22'];
  const candidates = named === undefined ? [packaged(), await findProgram('node')] : [named];
  for (const candidate of candidates) {
    if (candidate !== undefined && (await isNode22(candidate))) return candidate;
  }
  throw new MissingEngine({
    engine: 'Node 22',
    lookedFor: ['VALETKEY_NODE_22', `npm package node-linux-${process.arch}`, 'node on PATH'],
    install: 'Set VALETKEY_NODE_22 to the path of a Node 22.',
  });
};

const packaged = (): string | undefined => {
  try {
    return createRequire(import.meta.url).resolve(`node-22-linux-${process.arch}/bin/node`);
  } catch (error) {
    // An optional dependency: there is none for other machines.
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
};

const isNode22 = async (program: string): Promise<boolean> => {
  if (!(await isExecutableFile(program))) return false;
  return (await runCommand(program, ['--version'])).startsWith('v22.');
};
