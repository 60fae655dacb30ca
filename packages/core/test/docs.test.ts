/// <reference types="node" />
/** The TypeScript of the documentation compiles, runs, and prints what stands below it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, test } from 'vitest';

import { verify } from '../src/explain.ts';
import { cases, credentials, traps } from '../vectors/cases.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
// Inside the package, so that everything resolves.
const place = mkdtempSync(path.join(root, 'packages/core/test/.docs-'));
afterAll(() => rmSync(place, { recursive: true }));

const read = (page: string) => readFileSync(path.join(root, 'docs', page), 'utf8');
const pages = [
  'reference/signing.md',
  'guides/sign-a-url.md',
  'guides/versions.md',
  'guides/archived-objects.md',
];
const examples = pages.flatMap((page) =>
  [...read(page).matchAll(/```ts\n([\s\S]*?)```\n(?:\n```text\n([\s\S]*?)```)?/g)].map(
    ([, code = '', output = ''], index) => {
      const file = `${path.basename(page, '.md')}-${index}.ts`;
      writeFileSync(path.join(place, file), code);
      return { title: `${page}, example ${index + 1}`, file, output };
    },
  ),
);

test('the TypeScript of the documentation compiles', () => {
  const configuration = {
    extends: '../../tsconfig.json',
    compilerOptions: { types: ['node'], resolveJsonModule: true },
    files: examples.map(({ file }) => file),
    include: [],
  };
  writeFileSync(path.join(place, 'tsconfig.json'), JSON.stringify(configuration));
  const tsc = createRequire(path.join(root, 'package.json')).resolve('typescript/package.json');
  const { status, stdout } = spawnSync(path.join(path.dirname(tsc), 'bin/tsc'), ['-p', place], {
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});

describe('an example prints what stands below it', () => {
  test.each(examples)('$title', ({ file, output }) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--conditions=@valetkey/source', '--disable-warning=ExperimentalWarning', path.join(place, file)],
      { encoding: 'utf8', env: { NO_COLOR: '1' } },
    );
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: output, stderr: '' });
  });

  test('the function of "Sign a URL" makes links that work', async () => {
    const { linkTo } = await import(/* @vite-ignore */ path.join(place, 'sign-a-url-0.ts'));
    const keys = credentials['long-term'];
    const nowMs = Date.parse('2026-11-24T12:00:00Z');
    const url: unknown = linkTo('vision/v3/weights.bin', keys, nowMs);
    expect(verify({ method: 'GET', url: String(url) }, () => keys, nowMs)).toMatchObject({ valid: true });
    expect(url).toContain('/vision/v3/weights.bin?');
  });
});

test('the reference of signing names every field of a request, and no other', () => {
  const table = read('reference/signing.md').split('## The request')[1]?.split('## The URL')[0] ?? '';
  const named = [...table.matchAll(/^\| `([A-Za-z]+)`/gm)].map(([, name = '']) => name);
  const known = /const knownFields = new Set\(\[([\s\S]*?)\]\)/.exec(
    readFileSync(path.join(root, 'packages/core/src/signing/presign.ts'), 'utf8'),
  )?.[1];
  expect(named.toSorted()).toEqual(
    [...(known ?? '').matchAll(/'(\w+)'/g)].map(([, name = '']) => name).toSorted(),
  );
});

test('the reference of signing says how many vectors there are', () => {
  expect(read('reference/signing.md')).toContain(
    `${cases.length} signed requests and ${traps.length} that must be refused`,
  );
});
