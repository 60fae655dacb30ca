import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { errorCatalogue } from '@valetkey/core/errors';
import { describe, expect, test } from 'vitest';

const root = path.dirname(import.meta.dirname);
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(path.join(root, file)));

describe('the lockfile', () => {
  test('names packages by version and hash, never by host', () => {
    expect(read('pnpm-lock.yaml')).not.toMatch(/tarball:|https?:\/\//);
  });
});

describe('the maps', () => {
  const folders = ['packages', 'apps'].flatMap((group) =>
    readdirSync(path.join(root, group)).map((name) => `${group}/${name}`),
  );

  test.each(['ARCHITECTURE.md', 'AGENTS.md'])('%s has a line for every package and app', (file) => {
    const text = read(file);
    expect(folders.filter((folder) => !text.includes(folder))).toEqual([]);
  });

  test.each(['README.md', 'ARCHITECTURE.md', 'AGENTS.md', 'CONTRIBUTING.md', 'SECURITY.md'])(
    'every relative link and path in %s leads somewhere',
    (file) => {
      const text = read(file);
      const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => match[1] ?? '');
      const paths = [...text.matchAll(/`((?:packages|apps|infra|examples|docs|tooling)\/[^`\s*{<]*)`/g)].map(
        (match) => match[1] ?? '',
      );
      expect([...links, ...paths].filter((target) => !existsSync(path.join(root, target)))).toEqual([]);
    },
  );
});

describe('docs/reference/errors.md', () => {
  const documented = [...read('docs/reference/errors.md').matchAll(/^\| `([a-z-]+)` \|/gm)].map(
    (match) => match[1],
  );

  test('lists every code of the catalogue, and no other', () => {
    expect(new Set(documented)).toEqual(new Set(Object.keys(errorCatalogue)));
    expect(documented).toHaveLength(new Set(documented).size);
  });
});

describe('a presigned URL', () => {
  test('is revealed only where it is handed over', () => {
    const callSites = tracked
      .filter((file) => /^(?:packages|apps)\/[^/]+\/src\/.*\.tsx?$/.test(file))
      .filter((file) => !file.endsWith('.test.ts') && /\.reveal\(\)/.test(withoutComments(read(file))));
    expect(callSites).toMatchInlineSnapshot(`
      [
        "apps/cli/src/commands/presign.ts",
        "packages/share/src/secret/curl-config.ts",
        "packages/share/src/secret/secret-data.ts",
      ]
    `);
  });
});

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}
