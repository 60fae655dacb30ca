/** What mutants run against: tests of core that need no engine, chosen by `tooling/mutation.ts`. */
import { defineConfig } from 'vitest/config';

const tests = process.env['VALETKEY_MUTATION_TESTS'] ?? '';

export default defineConfig({
  ssr: { resolve: { conditions: ['@valetkey/source'] } },
  test: {
    include: tests.split(':'),
    exclude: ['**/node_modules/**', '**/*differential.test.ts', '**/aws-vectors.test.ts'],
    testTimeout: 30_000,
  },
});
