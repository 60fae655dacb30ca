/** Builds `engine.min.js`, the one file for plain pages. */
import path from 'node:path';
import { parseArgs } from 'node:util';

import { build, type Plugin } from 'esbuild';

/** What others load on demand is in the file from the beginning: nothing beside it is ever asked for. */
export const nothingOnDemand: Plugin = {
  name: 'nothing-on-demand',
  setup: (bundler) =>
    bundler.onResolve({ filter: /\/on-demand\.ts$/ }, ({ resolveDir, path: wanted }) => ({
      path: path.join(resolveDir, path.dirname(wanted), 'on-demand-bundled.ts'),
    })),
};

if (import.meta.main) {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [outfile = path.resolve(import.meta.dirname, '../dist/engine.min.js')] = positionals;
  await build({
    entryPoints: [path.resolve(import.meta.dirname, '../src/engine.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    logLevel: 'warning',
    outfile,
    plugins: [nothingOnDemand],
  });
}
