/** Builds the console once for all tests of it. */
import { fileURLToPath } from 'node:url';

import { temporaryFolder } from '@valetkey/testbed';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the built files. */
    consoleFiles: string;
  }
}

export default async function buildConsole(project: TestProject): Promise<() => Promise<void>> {
  const folder = await temporaryFolder('console-files');
  await build({
    root: fileURLToPath(new URL('..', import.meta.url)),
    logLevel: 'error',
    build: { outDir: folder.path, emptyOutDir: true },
  });
  project.provide('consoleFiles', folder.path);
  return folder.remove;
}
