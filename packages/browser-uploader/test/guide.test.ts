import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = fileURLToPath(new URL('.', import.meta.url));

const guides = [
  'upload-from-a-browser',
  'add-uploads-to-your-page',
  'coming-from-uppy-aws-s3',
  'resume-offline-integrity',
];

test('the TypeScript of the guides compiles', () => {
  const examples = guides.flatMap((name) => {
    const guide = readFileSync(path.join(root, `docs/guides/${name}.md`), 'utf8');
    return [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? '');
  });
  expect(examples).toHaveLength(11);
  // Inside the package, so that everything resolves.
  const place = mkdtempSync(path.join(folder, '.guide-'));
  onTestFinished(() => rmSync(place, { recursive: true }));
  const files = examples.map((code, index) => {
    writeFileSync(path.join(place, `${index}.ts`), code);
    return `${index}.ts`;
  });
  const configuration = { extends: '../../tsconfig.json', files, include: [] };
  writeFileSync(path.join(place, 'tsconfig.json'), JSON.stringify(configuration));
  const tsc = createRequire(path.join(root, 'package.json')).resolve('typescript/package.json');
  const { status, stdout } = spawnSync(path.join(path.dirname(tsc), 'bin/tsc'), ['-p', place], {
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});

test('links of the guides lead to a page', () => {
  for (const name of [...guides.map((guide) => `guides/${guide}`), 'guides/cors', 'reference/uploader']) {
    const page = path.join(root, 'docs', `${name}.md`);
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)];
    for (const [, link = ''] of links) {
      expect(existsSync(path.resolve(path.dirname(page), link)), `${name}: ${link}`).toBe(true);
    }
  }
});
