import { defineConfig } from 'vitest/config';

// `resolve.conditions` is ignored for Node tests; without this they would read a stale `dist`.
const source = { ssr: { resolve: { conditions: ['@valetkey/source'] } } };
const buildConsole = new URL('apps/console/test/build-console.ts', import.meta.url).pathname;
const portableHash = new URL('packages/core/src/hash/portable.ts', import.meta.url).pathname;

// For a machine that is slow and busy: there a file of 20 MiB takes a browser half a minute to send, and what is
// polled for comes later than in the one second that vitest waits.
const limits = { testTimeout: 60_000, hookTimeout: 180_000, expect: { poll: { timeout: 20_000 } } };
const project = (name: string, root: string) => ({
  ...source,
  test: { ...limits, name, root, include: ['{src,test,soak}/**/*.test.ts'] },
});
const core = project('core', 'packages/core');
const portability = 'test/portability/**/*.test.ts';

export default defineConfig({
  test: {
    globalSetup: ['tooling/engines.ts'],
    reporters: ['default', './tooling/count-reporter.ts'],
    projects: [
      { ...source, test: { ...core.test, exclude: [portability, '**/node_modules/**'] } },
      { ...source, test: { ...core.test, name: 'core-runtimes', include: [portability] } },
      {
        ...source,
        test: {
          ...limits,
          name: 'core-portable',
          root: 'packages/core',
          include: ['src/{grammar,signing,grant,policy,hash,explain}/**/*.test.ts'],
          alias: { '#hash': portableHash },
        },
      },
      project('share', 'packages/share'),
      project('protocol', 'packages/protocol'),
      project('http-handler', 'packages/http-handler'),
      {
        ...source,
        test: {
          ...project('http-handler', 'packages/http-handler').test,
          name: 'http-handler-workerd',
          include: ['test/{handler,uploads,multipart,stalled-bodies}.test.ts'],
          env: { VALETKEY_TEST_RUNTIME: 'workerd' },
        },
      },
      project('browser-uploader', 'packages/browser-uploader'),
      project('signer', 'apps/signer'),
      {
        ...source,
        test: {
          ...project('console', 'apps/console').test,
          globalSetup: [buildConsole],
        },
      },
      project('testbed', 'packages/testbed'),
      project('cli', 'apps/cli'),
      project('k8s-issuer', 'apps/k8s-issuer'),
      { ...source, test: { ...limits, name: 'workspace', root: 'tooling', include: ['**/*.test.ts'] } },
    ],
  },
});
