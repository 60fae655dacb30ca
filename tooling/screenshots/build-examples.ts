/** The browser examples as they stand, below one folder that the demo can serve. */
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';

import { runCommand } from '@valetkey/testbed';

import { demoFolder } from '../start/store.ts';

const builtExamples = ['react', 'vue', 'svelte'];

/** Each is at `/<name>/`. */
export const exampleNames = ['plain-html', ...builtExamples];

/** Resolves to the folder, which goes with the demo's. */
export async function buildExamples(): Promise<string> {
  const folder = `${demoFolder}/examples`;
  await mkdir(folder, { recursive: true });
  await symlink(path.resolve('examples/plain-html'), `${folder}/plain-html`);
  for (const name of builtExamples) {
    const args = ['build', `examples/${name}`, '--base', './', '--outDir', path.resolve(folder, name)];
    await runCommand(`examples/${name}/node_modules/.bin/vite`, [...args, '--logLevel', 'error']);
  }
  return folder;
}
