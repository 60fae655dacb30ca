import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends the run with one line that a machine can read: `N passed, N failed`. A file that could not be
 * collected and an error outside any test count as failures; a skipped test does too, since none may be.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        if (test.result().state === 'passed') passed += 1;
        else failed += 1;
      }
    }
    process.stdout.write(`\n${String(passed)} passed, ${String(failed)} failed\n`);
    if (failed > 0 || passed === 0) process.exitCode = 1;
  }
}
