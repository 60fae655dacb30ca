/// <reference types="node" />
import { build, type InlineConfig } from 'vite';

const entry = new URL('run-vectors.ts', import.meta.url).pathname;

/**
 * One ES module that exports `runVectors`: `node` with the hashes of Node, `portable` with those that run
 * everywhere.
 */
export async function bundle(target: 'node' | 'portable'): Promise<string> {
  const output = await build(target === 'node' ? forNode : forAnywhere);
  const [first] = Array.isArray(output) ? output : [output];
  const chunks = first !== undefined && 'output' in first ? first.output : [];
  const [chunk, ...others] = chunks;
  if (chunk?.type !== 'chunk' || others.length > 0) throw new Error('expected one module');
  return chunk.code;
}

const shared: InlineConfig = {
  configFile: false,
  logLevel: 'silent',
  build: { write: false, minify: false, target: 'es2023', lib: { entry, formats: ['es'] } },
};

const forAnywhere: InlineConfig = { ...shared, resolve: { conditions: ['@valetkey/source'] } };

const forNode: InlineConfig = {
  ...shared,
  ssr: { noExternal: true, resolve: { conditions: ['@valetkey/source', 'node'] } },
  build: { ...shared.build, ssr: true },
};
