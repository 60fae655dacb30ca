/**
 * What a browser downloads for one import, minified and gzipped, beside its limit. One line each; fails when one is
 * over.
 */
import path from 'node:path';
import { gzipSync } from 'node:zlib';

import { build, type Metafile } from 'esbuild';

interface Bundle {
  readonly name: string;
  /** What an application would write. */
  readonly source: string;
  /** The folder it is written in. */
  readonly folder: string;
  readonly maxBytes: number;
}

const bundles: readonly Bundle[] = [
  {
    name: 'presign of @valetkey/core/signing',
    source: `export { presign } from './src/signing.ts'`,
    folder: 'packages/core',
    maxBytes: 8 * 1024,
  },
  {
    name: 'engine of @valetkey/browser-uploader',
    source: `export { createUploader, UploadError } from './src/engine.ts'`,
    folder: 'packages/browser-uploader',
    maxBytes: 10 * 1024,
  },
  {
    name: 'engine.min.js of @valetkey/browser-uploader, with resume store and checksums',
    source: `export * from './src/engine.ts'`,
    folder: 'packages/browser-uploader',
    maxBytes: 13 * 1024,
  },
  {
    name: 'plugin of @valetkey/browser-uploader with @uppy/core',
    source: `export { Uppy } from '@uppy/core'; export * from './src/index.ts'`,
    folder: 'packages/browser-uploader',
    maxBytes: 24.5 * 1024,
  },
  {
    name: 'resume store, which the plugin loads with the first upload',
    source: `export { createDatabaseResumeStore } from './src/engine/resume/database-resume-store.ts'`,
    folder: 'packages/browser-uploader',
    maxBytes: 2 * 1024,
  },
  {
    name: 'checksums of @valetkey/browser-uploader without the worker',
    source: `export { createChecksum } from './src/engine.ts'`,
    folder: 'packages/browser-uploader',
    maxBytes: 1.5 * 1024,
  },
  {
    name: 'checksum worker of @valetkey/browser-uploader',
    source: `import './src/engine/integrity/checksum-worker.ts'`,
    folder: 'packages/browser-uploader',
    maxBytes: 3 * 1024,
  },
];

for (const { name, source, folder, maxBytes } of bundles) {
  const bytes = await sizeOf(source, folder);
  const verdict = bytes <= maxBytes ? 'ok' : 'TOO LARGE';
  process.stdout.write(`${name}: ${bytes} of ${maxBytes} bytes, ${verdict}\n`);
  if (bytes > maxBytes) process.exitCode = 1;
}

async function sizeOf(source: string, folder: string): Promise<number> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: path.resolve(folder), loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    splitting: true,
    outdir: 'out',
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    conditions: ['@valetkey/source'],
    logLevel: 'error',
  });
  const loaded = loadedAtOnce(metafile);
  return outputFiles
    .filter((file) => loaded.has(path.relative(process.cwd(), file.path)))
    .reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
}

/** The entry and what it imports; not what it may import later. */
function loadedAtOnce({ outputs }: Metafile): ReadonlySet<string> {
  const entry = Object.keys(outputs).find((name) => outputs[name]?.entryPoint === '<stdin>');
  const loaded = new Set(entry === undefined ? [] : [entry]);
  for (const name of loaded) {
    for (const { path: imported, kind } of outputs[name]?.imports ?? []) {
      if (kind === 'import-statement') loaded.add(imported);
    }
  }
  return loaded;
}
