/**
 * Runs core's tests against a mutant in a hundredth of the time that Vitest needs to start: tests and code are one
 * script, evaluated afresh for each mutant, so that nothing of one is kept for the next. Stryker loads this file by
 * its path, in a process of its own, within its copy of the repository.
 */
import { globSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';

import { INSTRUMENTER_CONSTANTS, type InstrumenterContext } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
  type CompleteDryRunResult,
  type DryRunResult,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
} from '@stryker-mutator/api/test-runner';
import { build } from 'esbuild';

import { collectTests, type CollectedTest } from './collect-tests.ts';

type Evaluate = (
  within: (name: string, declare: () => void) => void,
  load: (name: string) => unknown,
) => void;

class BundleRunner implements TestRunner {
  readonly #requireOfCore = createRequire(path.resolve('packages/core/package.json'));
  readonly #instrumented: InstrumenterContext = {};
  #script = new Script('');

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init(): Promise<void> {
    Object.assign(globalThis, { [INSTRUMENTER_CONSTANTS.NAMESPACE]: this.#instrumented });
    this.#script = new Script(await bundle((process.env['VALETKEY_MUTATION_TESTS'] ?? '').split(':')));
  }

  async dryRun(): Promise<DryRunResult> {
    const results: TestResult[] = [];
    for (const test of this.#load()) {
      this.#instrumented.currentTestId = test.id;
      results.push(await resultOf(test));
    }
    delete this.#instrumented.currentTestId;
    const { mutantCoverage } = this.#instrumented;
    return { status: DryRunStatus.Complete, tests: results, ...(mutantCoverage && { mutantCoverage }) };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, mutantActivation, testFilter, hitLimit } = options;
    const isStatic = mutantActivation === 'static';
    Object.assign(this.#instrumented, { activeMutant: undefined, hitLimit, hitCount: 0 });
    if (isStatic) this.#instrumented.activeMutant = activeMutant.id;
    try {
      const tests = this.#load();
      this.#instrumented.activeMutant = activeMutant.id;
      const chosen = testFilter === undefined ? tests : tests.filter(({ id }) => testFilter.includes(id));
      if (chosen.length === 0) throw new Error(`no test is called ${String(testFilter?.[0])}`);
      const ran = await runUntilFailure(chosen);
      return toMutantRunResult(determineHitLimitReached(this.#instrumented.hitCount, hitLimit) ?? ran);
    } catch (error) {
      // A mutant that keeps a module from loading fails every test of it; anything else is a mistake of this file.
      if (!isStatic) throw error;
      return toMutantRunResult({ status: DryRunStatus.Complete, tests: [failed('loading', 0, error)] });
    }
  }

  #load(): readonly CollectedTest[] {
    const { tests, within, vitest } = collectTests();
    const evaluate = this.#script.runInThisContext() as Evaluate;
    evaluate(within, (name) => (name === 'vitest' ? vitest : this.#requireOfCore(name)));
    return tests;
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'bundle', BundleRunner)];

/** A script whose value takes Vitest's stand-in and `require`, and declares every test. */
async function bundle(patterns: readonly string[]): Promise<string> {
  const files = globSync(patterns)
    .filter((file) => !/(?:differential|aws-vectors)\.test\.ts$/.test(file))
    .toSorted();
  const contents = files.map((file) => `within('${file}', () => require('./${file}'));`).join('\n');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    packages: 'external',
    conditions: ['@valetkey/source'],
    logLevel: 'error',
  });
  return `(function (within, require) {\n${outputFiles[0]?.text ?? ''}\n})`;
}

async function runUntilFailure(tests: readonly CollectedTest[]): Promise<CompleteDryRunResult> {
  const results: TestResult[] = [];
  for (const test of tests) {
    const result = await resultOf(test);
    results.push(result);
    if (result.status === TestStatus.Failed) break;
  }
  return { status: DryRunStatus.Complete, tests: results };
}

async function resultOf({ id, run }: CollectedTest): Promise<TestResult> {
  const start = performance.now();
  try {
    await run();
    return { id, name: id, status: TestStatus.Success, timeSpentMs: performance.now() - start };
  } catch (error) {
    return failed(id, performance.now() - start, error);
  }
}

function failed(id: string, timeSpentMs: number, error: unknown): TestResult {
  const failureMessage = error instanceof Error ? error.message : String(error);
  return { id, name: id, status: TestStatus.Failed, timeSpentMs, failureMessage };
}
