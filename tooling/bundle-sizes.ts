/**
 * What a browser downloads for one import, minified and gzipped, beside its limit. One line each; fails when one is
 * over.
 */
import path from 'node:path';
import { gzipSync } from 'node:zlib';

import { build, type Plugin } from 'esbuild';

import { nothingOnDemand } from '../packages/browser-uploader/tooling/whole-engine.ts';

interface Bundle {
  readonly name: string;
  /** What an application would write. */
  readonly source: string;
  /** The folder it is written in. */
  readonly folder: string;
  readonly maxBytes: number;
  /** It is shipped with what others load later. @default false */
  readonly isWhole?: boolean;
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
    isWhole: true,
    maxBytes: 13.5 * 1024,
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

/**
 * What is imported later is downloaded later. A bundler that splits would do as well, but for the helpers of CommonJS
 * (of Uppy's dependencies), which esbuild then puts into a file of their own.
 */
const importedLater: Plugin = {
  name: 'imported-later',
  setup: (bundler) =>
    bundler.onResolve({ filter: /./ }, ({ kind, path: wanted }) =>
      kind === 'dynamic-import' ? { path: wanted, external: true } : undefined,
    ),
};

for (const bundle of bundles) {
  const { name, maxBytes } = bundle;
  const bytes = await sizeOf(bundle);
  const verdict = bytes <= maxBytes ? 'ok' : 'TOO LARGE';
  process.stdout.write(`${name}: ${bytes} of ${maxBytes} bytes, ${verdict}\n`);
  if (bytes > maxBytes) process.exitCode = 1;
}

async function sizeOf({ source, folder, isWhole = false }: Bundle): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: path.resolve(folder), loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    conditions: ['@valetkey/source'],
    logLevel: 'error',
    plugins: [isWhole ? nothingOnDemand : importedLater],
  });
  return outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
}
