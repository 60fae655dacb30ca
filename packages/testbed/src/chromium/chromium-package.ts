import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';

import { installOnce } from '../engine/install-once.ts';
import type { Report } from '../engine/report.ts';
import { runCommand } from '../engine/run-command.ts';

const require = createRequire(import.meta.url);

// The fonts lie beside this file. The package's own one names folders of AWS Lambda and /tmp.
const fontsConf = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

/** The folder of an unpacked Chromium. @internal */
export interface UnpackedChromium {
  readonly executablePath: string;
  /** Holds `fonts.conf`. */
  readonly fontsFolder: string;
  /** Holds libnss3, libexpat and what they need, for a system without them. */
  readonly libraryFolder: string;
}

/**
 * The Chromium of the npm package `@sparticuz/chromium`, unpacked once into the cache (about 210 MB). It is a
 * headless shell for Linux on x64.
 *
 * @throws Error when the package is not installed or `tar` is missing.
 *
 * @internal
 */
export const unpackChromium = async (report: Report): Promise<UnpackedChromium> => {
  const root = dirname(dirname(require.resolve('@sparticuz/chromium')));
  const version = await packageVersion(root);
  const folder = await installOnce(`chromium-${version}-linux-x64`, async (part) => {
    report(`Unpacking Chromium ${version} (210 MB, once)`);
    const bin = join(root, 'bin');
    const executable = join(part, 'chromium');
    await decompress(join(bin, 'chromium.br'), executable);
    await chmod(executable, 0o755);
    await untar(join(bin, 'al2023.tar.br'), join(part, 'libraries'));
    const fonts = join(part, 'fonts');
    await untar(join(bin, 'fonts.tar.br'), fonts);
    await writeFile(join(fonts, 'fonts.conf'), fontsConf);
  });
  return {
    executablePath: join(folder, 'chromium'),
    fontsFolder: join(folder, 'fonts'),
    libraryFolder: join(folder, 'libraries', 'lib'),
  };
};

const packageVersion = async (root: string): Promise<string> => {
  const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const version = (manifest as { readonly version?: unknown }).version;
  if (typeof version === 'string') return version;
  throw new Error('The package.json of @sparticuz/chromium has no version');
};

const decompress = (from: string, to: string): Promise<void> =>
  pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));

const untar = async (archive: string, folder: string): Promise<void> => {
  const tar = `${folder}.tar`;
  await decompress(archive, tar);
  await mkdir(folder);
  await runCommand('tar', ['-xf', tar, '-C', folder, '--no-same-owner']);
  await rm(tar);
};
