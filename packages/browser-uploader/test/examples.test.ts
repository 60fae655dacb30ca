import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { temporaryFolder } from '@valetkey/testbed';
import type { Page } from 'playwright-core';
import { build as buildPage, defaultClientConditions } from 'vite';
import { expect, inject, onTestFinished, test } from 'vitest';

import { openPage, type PageOptions } from './page-under-test.ts';
import { publishedModule } from './published-module.ts';

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));
// File by file, so that the page's import map alone says what a name means that is no path.
const packagePath = '/page/node_modules/@valetkey/browser-uploader/dist/';
const types: Readonly<Record<string, string>> = { '.css': 'text/css', '.html': 'text/html' };

async function opened(answer: NonNullable<PageOptions['answer']>) {
  const under = await openPage({ engines: inject('engines'), script: '', answer });
  onTestFinished(under.stop);
  return under;
}

async function fileAnswer(place: string): Promise<Response> {
  const type = types[path.extname(place)] ?? 'text/javascript';
  return new Response(await readFile(place), { headers: { 'content-type': type } });
}

/** As a person does it. */
async function uploadByClicks(page: Page): Promise<void> {
  await page
    .locator('.uppy-Dashboard-input')
    .first()
    .setInputFiles([{ name: 'plain.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') }]);
  await page.getByRole('button', { name: 'Upload 1 file' }).click();
  await page.getByText(/plain\.txt is in the bucket as uploads\/[0-9a-f-]{36}\/plain\.txt/).waitFor();
}

test.each(['react', 'vue', 'svelte'])(
  'examples/%s is under 40 lines, builds, and uploads a file as it stands',
  async (name) => {
    const folder = path.join(examples, name);
    const sources = (await readdir(path.join(folder, 'src'))).map((file) => path.join(folder, 'src', file));
    const lines = await Promise.all(
      sources.map(async (file) => (await readFile(file, 'utf8')).trimEnd().split('\n').length),
    );
    expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThan(40);
    const built = await temporaryFolder(`example-${name}`);
    onTestFinished(built.remove);
    await buildPage({
      root: folder,
      base: './',
      logLevel: 'error',
      resolve: { conditions: ['@valetkey/source', ...defaultClientConditions] },
      build: { outDir: built.path, emptyOutDir: true },
    });
    const { page, pageOrigin, signer } = await opened(async ({ url }) => {
      const { pathname } = new URL(url);
      if (!pathname.startsWith('/app/')) return undefined;
      return fileAnswer(path.join(built.path, pathname === '/app/' ? 'index.html' : pathname.slice(5)));
    });
    await page.goto(`${pageOrigin}/app/?endpoint=${encodeURIComponent(signer)}`);
    await uploadByClicks(page);
  },
);

test('examples/plain-html is under 40 lines and uploads a file as it stands', async () => {
  const example = path.join(examples, 'plain-html');
  const html = await readFile(path.join(example, 'index.html'), 'utf8');
  expect(html.trimEnd().split('\n').length).toBeLessThan(40);
  const uppyFolder = path.dirname(createRequire(path.join(example, 'x.js')).resolve('uppy/package.json'));
  const places: Readonly<Record<string, string>> = {
    '/page/': path.join(example, 'index.html'),
    '/page/node_modules/uppy/dist/uppy.min.css': path.join(uppyFolder, 'dist/uppy.min.css'),
    '/page/node_modules/uppy/dist/uppy.min.mjs': path.join(uppyFolder, 'dist/uppy.min.mjs'),
  };
  const { page, pageOrigin, signer } = await opened(async ({ url }) => {
    const { pathname } = new URL(url);
    const place = places[pathname];
    if (place !== undefined) return fileAnswer(place);
    return pathname.startsWith(packagePath) ? publishedModule(pathname.slice(packagePath.length)) : undefined;
  });
  await page.goto(`${pageOrigin}/page/?endpoint=${encodeURIComponent(signer)}`);
  await uploadByClicks(page);
});
