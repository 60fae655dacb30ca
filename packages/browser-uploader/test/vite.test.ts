/** The package as it is published, in an application that Vite builds. */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { temporaryFolder } from '@valetkey/testbed';
import { build as bundle } from 'esbuild';
import { build } from 'vite';
import { expect, inject, onTestFinished, test } from 'vitest';

import { openPage } from './page-under-test.ts';

const packageFolder = fileURLToPath(new URL('../', import.meta.url));
const root = path.join(packageFolder, '../..');

const page = `
  import { createChecksum, createUploader } from '@valetkey/browser-uploader/engine';
  import workerUrl from '@valetkey/browser-uploader/checksum-worker.js?url&no-inline';
  const signal = new AbortController().signal;
  const sum = (options) => createChecksum('CRC32C', options).digest(new Blob(['123456789']), signal);
  globalThis.named = sum({ workerUrl: new URL(workerUrl, location.href) });
  globalThis.found = sum();
  const endpoint = new URLSearchParams(location.search).get('endpoint');
  globalThis.sent = createUploader({ endpoint, policy: 'uploads' }).upload(new File([new Uint8Array(6 * 2 ** 20)], 'a.bin'));
`;

/** What `npm run build` makes, in an application's `node_modules`. */
async function install(app: string): Promise<void> {
  const installed = path.join(app, 'node_modules/@valetkey/browser-uploader');
  const tsc = path.join(
    path.dirname(createRequire(path.join(root, 'package.json')).resolve('typescript/package.json')),
    'bin/tsc',
  );
  const emitted = path.join(app, 'emitted');
  const options = {
    rootDir: root,
    outDir: emitted,
    customConditions: '@valetkey/source',
    declaration: 'false',
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  execFileSync(tsc, ['-p', path.join(packageFolder, 'tsconfig.build.json'), ...args]);
  await mkdir(installed, { recursive: true });
  await cp(path.join(emitted, 'packages/browser-uploader/src'), path.join(installed, 'dist'), {
    recursive: true,
  });
  await cp(path.join(packageFolder, 'package.json'), path.join(installed, 'package.json'));
  await bundle({
    entryPoints: [path.join(packageFolder, 'src/engine/integrity/checksum-worker.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    outfile: path.join(installed, 'dist/engine/integrity/checksum-worker.js'),
    allowOverwrite: true,
  });
}

test('what is loaded later is found where Vite puts it: the Worker, by the address of the guide and without any, and what sends parts', async () => {
  const app = await temporaryFolder('vite-app');
  onTestFinished(app.remove);
  await install(app.path);
  await writeFile(path.join(app.path, 'index.html'), '<script type="module" src="./main.js"></script>');
  await writeFile(path.join(app.path, 'main.js'), page);
  const outDir = path.join(app.path, 'dist');
  await build({ root: app.path, base: '/app/', logLevel: 'error', configFile: false, build: { outDir } });
  const under = await openPage({
    engines: inject('engines'),
    script: '',
    rule: { upload: { multipartThreshold: '5Mi', partSize: '5Mi' } },
    answer: async ({ url }) => {
      const { pathname } = new URL(url);
      if (!pathname.startsWith('/app/')) return undefined;
      const isPage = pathname === '/app/';
      const body = await readFile(path.join(outDir, isPage ? 'index.html' : pathname.slice('/app/'.length)));
      return new Response(body, { headers: { 'content-type': isPage ? 'text/html' : 'text/javascript' } });
    },
  });
  onTestFinished(under.stop);
  await under.page.goto(`${under.pageOrigin}/app/?endpoint=${encodeURIComponent(under.signer)}`);
  expect(await under.page.evaluate(`Promise.all([named, found])`)).toEqual(['4waSgw==', '4waSgw==']);
  expect(await under.page.evaluate(`sent`)).toMatchObject({ bytes: 6 * 2 ** 20 });
});
