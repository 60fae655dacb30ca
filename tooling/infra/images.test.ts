/** The recipes of the images. Nothing builds an image here; what they would put into one is made and started. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

const execute = promisify(execFile);
const root = path.dirname(path.dirname(import.meta.dirname));
const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-images-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { packageManager } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
  readonly packageManager: string;
};

describe.each([
  ['apps/k8s-issuer', '@valetkey/k8s-issuer', 'Usage: valetkey-k8s-issuer'],
  ['apps/signer', '@valetkey/signer', 'Usage: valetkey-signer'],
])('the image of %s', (app, name, usage) => {
  const recipe = readFileSync(`${root}/${app}/Dockerfile`, 'utf8');
  const lines = recipe.split('\n');
  const [build = '', runtime = ''] = recipe.split(/^(?=FROM )/m).slice(1);

  test('has two stages, each from an image that is pinned by its digest', () => {
    const pinned = [...recipe.matchAll(/^ARG (\w+)=\S+@sha256:[0-9a-f]{64}$/gm)].map(
      ([, variable]) => variable,
    );
    const from = [...recipe.matchAll(/^FROM \$\{(\w+)\} AS \w+$/gm)].map(([, variable]) => variable);
    expect(from).toEqual(pinned);
    expect(lines.filter((line) => line.startsWith('FROM '))).toHaveLength(2);
  });

  test('runs without root, without a shell, and with nothing but what was deployed', () => {
    expect(runtime).toMatch(/^USER 65532:65532$/m);
    expect(recipe).toMatch(/distroless\/nodejs24-\S+:nonroot@/);
    expect(runtime).not.toMatch(/^(RUN|ADD) /m);
    expect(runtime.match(/^COPY .*/gm)?.every((line) => line.startsWith('COPY --from=build '))).toBe(true);
    expect(runtime).toMatch(/^ENTRYPOINT \["\/nodejs\/bin\/node", "dist\/main\.js"\]$/m);
  });

  test('is built with the repository’s own pnpm, for this package', () => {
    const versions = new Set([...build.matchAll(/pnpm@[\d.]+/g)].map(([version]) => version));
    expect(versions).toEqual(new Set([packageManager]));
    expect(build).toContain(`--filter=${name} deploy`);
  });

  test(
    'what is deployed has its program, production dependencies only, and starts',
    { timeout: 240_000 },
    async () => {
      const to = path.join(folder, path.basename(app));
      const env = { ...process.env, CI: 'true', TURBO_TELEMETRY_DISABLED: '1' };
      const bin = path.join(root, 'node_modules/.bin');
      await execute(path.join(bin, 'turbo'), ['run', 'build', `--filter=${name}`], { cwd: root, env });
      const deploy = [`--filter=${name}`, 'deploy', '--legacy', '--prod', '--prefer-offline', to];
      await execute(path.join(bin, 'pnpm'), deploy, { cwd: root, env });
      const deployed = readdirSync(to);
      expect(deployed).toContain('dist');
      expect(deployed).not.toContain('src');
      expect(existsSync(path.join(to, 'node_modules', 'vitest'))).toBe(false);
      const { stdout } = await execute(process.execPath, ['dist/main.js', '--help'], { cwd: to, env: {} });
      expect(stdout).toContain(usage);
    },
  );
});

test('the Deployment runs as the user of the image, and calls it with options that it knows', async () => {
  const text = readFileSync(`${root}/infra/kustomize/base/deployment.yaml`, 'utf8');
  const [document] = parseAllDocuments(text);
  expect(document?.getIn(['spec', 'template', 'spec', 'securityContext', 'runAsUser'])).toBe(65532);
  const args = document?.toJS() as {
    readonly spec: {
      readonly template: {
        readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] };
      };
    };
  };
  const [container] = args.spec.template.spec.containers;
  const main = path.join(root, 'apps/k8s-issuer/src/main.ts');
  const options = (container?.args ?? []).map((arg) => arg.replace('$(POD_NAMESPACE)', 'valetkey-system'));
  const { stdout } = await execute(process.execPath, [
    '--conditions=@valetkey/source',
    main,
    ...options,
    '--help',
  ]);
  expect(stdout).toContain('Usage: valetkey-k8s-issuer');
});

test('the context of a build has neither installed nor built files', () => {
  const ignored = readFileSync(`${root}/.dockerignore`, 'utf8').split('\n');
  expect(ignored).toEqual(expect.arrayContaining(['**/node_modules', '**/dist', '.git']));
});
