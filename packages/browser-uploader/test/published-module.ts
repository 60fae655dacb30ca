import { readFile } from 'node:fs/promises';

import { transform } from 'esbuild';

/** One file of the published package, such as `engine.js`, as a browser gets it that no bundler stands before. */
export async function publishedModule(name: string): Promise<Response> {
  const source = new URL(`../src/${name.replace(/\.js$/, '.ts')}`, import.meta.url);
  const { code } = await transform(await readFile(source, 'utf8'), { loader: 'ts', format: 'esm' });
  return new Response(code, { headers: { 'content-type': 'text/javascript' } });
}
