#!/usr/bin/env node
import { processIo } from './io.ts';
import { toExitCode, watchOutput } from './output-failure.ts';
import { run } from './run.ts';

const io = processIo();
const outputFailure = watchOutput(process.stdout);
// Where standard error is closed or full, nobody can be told; the exit status still says how it went.
watchOutput(process.stderr);
const code = await run(process.argv.slice(2), io);
process.exitCode = toExitCode(code, await outputFailure(), io.stderr);
