import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = path.dirname(import.meta.dirname);
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'valetkey-import-rules-'));
  cpSync(path.join(root, '.oxlintrc.json'), path.join(folder, '.oxlintrc.json'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const forbidden = [
  ['packages/core/src/policy/planted.ts', '../signing/presign.ts'],
  ['packages/core/src/policy/planted.ts', '../grant/grant.ts'],
  ['packages/core/src/signing/planted.ts', '../policy/rule.ts'],
  ['packages/core/src/signing/planted.ts', 'zod'],
  ['packages/core/src/grammar/planted.ts', '../policy/rule.ts'],
  ['packages/core/src/grant/planted.ts', '../s3/configuration.ts'],
  ['packages/core/src/grant/planted.ts', '@aws-sdk/client-s3'],
  ['packages/core/src/policy/planted.ts', 'node:crypto'],
  ['packages/core/src/planted.ts', '@valetkey/share'],
  ['packages/share/src/planted.ts', '@valetkey/core/signing'],
  ['packages/share/src/planted.ts', '@valetkey/testbed'],
  ['packages/share/src/planted.ts', 'node:fs'],
  ['packages/share/src/planted.ts', 'valetkey'],
  ['apps/cli/src/planted.ts', '@valetkey/k8s-issuer'],
  ['apps/cli/src/planted.ts', '@valetkey/testbed'],
  ['apps/k8s-issuer/src/planted.ts', '@valetkey/core/signing'],
  ['apps/k8s-issuer/src/runtime/planted.ts', '@valetkey/share'],
  ['apps/k8s-issuer/src/runtime/planted.ts', '../kube/client.ts'],
  ['apps/k8s-issuer/src/kube/planted.ts', '../controllers/share/reconcile.ts'],
  ['apps/k8s-issuer/src/controllers/share/planted.ts', '../../config/flags.ts'],
  ['packages/protocol/src/planted.ts', '@valetkey/core'],
  ['packages/http-handler/src/planted.ts', '@valetkey/core/s3'],
  ['packages/http-handler/src/planted.ts', '@valetkey/core/signing'],
  ['packages/http-handler/src/planted.ts', 'node:crypto'],
  ['packages/browser-uploader/src/planted.ts', '@valetkey/protocol'],
  ['packages/browser-uploader/src/planted.ts', '@valetkey/core'],
  ['packages/browser-uploader/src/engine/planted.ts', '@uppy/core'],
  ['apps/signer/src/planted.ts', '@valetkey/core/signing'],
  ['apps/signer/src/planted.ts', '@valetkey/console'],
  ['apps/console/src/planted.ts', '@valetkey/http-handler'],
  ['apps/console/src/planted.ts', '@valetkey/core/s3'],
] as const;

const allowed = [
  ['packages/core/src/grant/planted.ts', '../policy/decide.ts'],
  ['packages/core/src/grant/planted.ts', '../signing/presign.ts'],
  ['packages/core/src/policy/planted.ts', '../grammar/bucket.ts'],
  ['packages/core/src/s3/planted.ts', 'yaml'],
  ['packages/core/src/policy/planted.test.ts', '@valetkey/testbed'],
  ['packages/share/src/planted.ts', '@valetkey/core'],
  ['apps/cli/src/planted.ts', '@valetkey/core/signing'],
  ['apps/k8s-issuer/src/controllers/share/planted.ts', '@valetkey/share'],
  ['packages/protocol/src/planted.ts', '@valetkey/core/errors'],
  ['packages/http-handler/src/planted.ts', '@valetkey/protocol'],
  ['packages/browser-uploader/src/plugin/planted.ts', '@uppy/core'],
  ['apps/signer/src/planted.ts', '@valetkey/core/s3'],
  ['apps/console/src/planted.ts', '@valetkey/share'],
] as const;

describe('imports across the layers', () => {
  test.each(forbidden)('%s may not import %s', (file, specifier) => {
    expect(lintPlanted(file, specifier)).toContain('no-restricted-imports');
  });

  test.each(allowed)('%s may import %s', (file, specifier) => {
    expect(lintPlanted(file, specifier)).not.toContain('no-restricted-imports');
  });
});

// Who may depend on whom at run time; what a manifest does not declare, `turbo boundaries` refuses to import.
const mayDependOn: Readonly<Record<string, readonly string[]>> = {
  '@valetkey/core': [],
  '@valetkey/share': ['@valetkey/core'],
  '@valetkey/protocol': ['@valetkey/core'],
  '@valetkey/http-handler': ['@valetkey/core', '@valetkey/protocol'],
  '@valetkey/browser-uploader': ['@valetkey/protocol'],
  '@valetkey/signer': ['@valetkey/core', '@valetkey/http-handler', '@valetkey/protocol'],
  '@valetkey/console': [
    '@valetkey/browser-uploader',
    '@valetkey/core',
    '@valetkey/protocol',
    '@valetkey/share',
  ],
  '@valetkey/testbed': ['@valetkey/core', '@valetkey/share'],
  '@valetkey/k8s-issuer': ['@valetkey/core', '@valetkey/share'],
  valetkey: ['@valetkey/core', '@valetkey/share'],
};

describe('dependencies between packages', () => {
  const manifests = ['packages', 'apps'].flatMap((group) =>
    readdirSync(path.join(root, group)).map((name) => readManifest(path.join(root, group, name))),
  );

  test('every package stands in the table', () => {
    expect(manifests.map(({ name }) => name).sort()).toEqual(Object.keys(mayDependOn).sort());
  });

  test.each(manifests)('$name depends only on what stands below it', ({ name, dependencies }) => {
    const workspace = Object.keys(dependencies).filter(
      (dependency) => dependency === 'valetkey' || dependency.startsWith('@valetkey/'),
    );
    expect(mayDependOn[name]).toEqual(expect.arrayContaining(workspace));
  });
});

function lintPlanted(file: string, specifier: string): string {
  const planted = path.join(folder, file);
  mkdirSync(path.dirname(planted), { recursive: true });
  writeFileSync(planted, `import * as planted from '${specifier}';\nexport const used = planted;\n`);
  const result = spawnSync(path.join(root, 'node_modules/.bin/oxlint'), [file], {
    cwd: folder,
    encoding: 'utf8',
  });
  rmSync(planted);
  if (result.error !== undefined) throw result.error;
  expect(result.stdout).toMatch(/on 1 file/);
  return result.stdout;
}

function readManifest(packageFolder: string): {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
} {
  const manifest: unknown = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8'));
  if (typeof manifest !== 'object' || manifest === null || !('name' in manifest)) {
    throw new Error(`${packageFolder} has no readable package.json`);
  }
  const dependencies = 'dependencies' in manifest ? (manifest.dependencies as Record<string, string>) : {};
  return { name: String(manifest.name), dependencies };
}
