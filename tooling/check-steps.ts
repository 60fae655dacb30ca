import type { Step } from './step.ts';

const published = [
  'packages/core',
  'packages/share',
  'packages/protocol',
  'packages/http-handler',
  'packages/browser-uploader',
  'apps/cli',
];

/** Everything a reviewer would ask for that needs no running engine. */
export const checkSteps: readonly Step[] = [
  { name: 'format', command: ['oxfmt', '--check'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'build and types', command: ['turbo', 'run', 'build', 'typecheck', '--output-logs=errors-only'] },
  { name: 'types of the tooling', command: ['tsc', '-p', 'tooling'] },
  { name: 'boundaries between packages', command: ['turbo', 'boundaries'] },
  { name: 'unused files, exports and dependencies', command: ['knip', '--no-progress'] },
  { name: 'sizes of browser bundles', command: ['node', 'tooling/bundle-sizes.ts'], tell: true },
  ...published.flatMap((folder): Step[] => [
    { name: `publint ${folder}`, command: ['publint', '--strict', folder] },
  ]),
  ...published
    .filter((folder) => folder.startsWith('packages/'))
    .map((folder): Step => ({
      name: `types resolve from ${folder}`,
      command: ['attw', '--pack', folder, '--profile', 'esm-only'],
    })),
];
