/** `describe` and `test` as core's tests use them, without Vitest around them: a list of what would be run. */
import { expect } from 'vitest';

/** One test, or one row of a table of tests. */
export interface CollectedTest {
  /** The same in each evaluation of the same file. */
  readonly id: string;
  readonly run: () => unknown;
}

type Body = (...args: readonly unknown[]) => unknown;

/** What stands in for the module `vitest`, and the tests that were declared through it. */
export function collectTests() {
  const tests: CollectedTest[] = [];
  const path: string[] = [];
  const within = (name: string, declare: () => void): void => {
    path.push(name);
    declare();
    path.pop();
  };
  const add = (name: string, ...rest: readonly unknown[]): void => {
    const run = bodyOf(rest);
    tests.push({ id: [...path, `${tests.length}`, name].join(' > '), run: () => run() });
  };
  const each =
    (rows: readonly unknown[]) =>
    (name: string, ...rest: readonly unknown[]) => {
      const run = bodyOf(rest);
      const areLists = rows.every((row) => Array.isArray(row));
      for (const row of rows) add(name, () => run(...(areLists ? (row as readonly unknown[]) : [row])));
    };
  return { tests, within, vitest: { expect, describe: within, test: Object.assign(add, { each }) } };
}

/** Options may come before it. */
function bodyOf(rest: readonly unknown[]): Body {
  const body = rest.at(-1);
  if (typeof body === 'function') return body as Body;
  throw new TypeError('expected a function as the last argument of a test');
}
