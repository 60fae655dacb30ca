/** Nothing that core throws holds a secret key, a token or a signature, whatever it was given. */
import fc from 'fast-check';

import { awsCalls } from './aws-calls.ts';
import { calls } from './portable-calls.ts';
import { checkHidden, everythingOf } from './secret-canaries.ts';
import type { Call } from './spoiled-arguments.ts';

/** How many calls there were, and how many threw. */
export interface ThrownErrors {
  readonly calls: number;
  readonly thrown: number;
}

/** Makes that many calls; throws at the first whose error shows a secret. */
export async function throwErrors(runs: number): Promise<ThrownErrors> {
  let thrown = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof({ weight: 4, arbitrary: calls }, { weight: 1, arbitrary: awsCalls }),
      async (call) => {
        const error = await errorOf(call);
        if (error === undefined) return;
        thrown += 1;
        checkHidden(everythingOf(error));
      },
    ),
    { numRuns: runs },
  );
  return { calls: runs, thrown };
}

async function errorOf(call: Call): Promise<Error | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error('something else than an error was thrown', { cause: error });
  }
}
