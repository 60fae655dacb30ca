import { execFile } from 'node:child_process';
import path from 'node:path';

import { expect, test } from 'vitest';
import { z } from 'zod';

const root = path.dirname(import.meta.dirname);
const report = z.object({
  issues: z.array(z.object({ files: z.array(z.object({ name: z.string() })) })),
});

test('what only tests import lies outside src, so no package and no image holds it', async () => {
  const unreached = await filesThatNothingPublishedReaches();

  expect(unreached).toContain('apps/k8s-issuer/test/doubles/manual-time.ts');
  expect(unreached.filter((file) => /^(?:packages|apps)\/[^/]+\/src\//.test(file))).toEqual([]);
});

/** Files that no entry of a package's manifest leads to. */
async function filesThatNothingPublishedReaches(): Promise<readonly string[]> {
  const output = await new Promise<string>((resolve, reject) => {
    execFile(
      path.join(root, 'node_modules/.bin/knip'),
      ['--production', '--include', 'files', '--reporter', 'json', '--no-exit-code', '--no-progress'],
      { cwd: root, maxBuffer: 2 ** 24 },
      (error, stdout) => (error === null ? resolve(stdout) : reject(error)),
    );
  });
  return report.parse(JSON.parse(output)).issues.flatMap(({ files }) => files.map(({ name }) => name));
}
