import { processIo } from './io.ts';
import { toExitCode, watchOutput } from './output-failure.ts';
import { run, type createProgram } from './run.ts';

/** Runs one command line as the process, and leaves its exit status behind. */
export async function runMain(create: typeof createProgram): Promise<void> {
  const io = processIo();
  const outputFailure = watchOutput(process.stdout);
  // Where standard error is closed or full, nobody can be told; the exit status still says how it went.
  watchOutput(process.stderr);
  const code = await run(process.argv.slice(2), io, create);
  process.exitCode = toExitCode(code, await outputFailure(), io.stderr);
}
