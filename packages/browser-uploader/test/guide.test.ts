import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = fileURLToPath(new URL('.', import.meta.url));

test('the TypeScript of the guide compiles', () => {
  const guide = readFileSync(path.join(root, 'docs/guides/upload-from-a-browser.md'), 'utf8');
  const examples = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? '');
  expect(examples).toHaveLength(3);
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
