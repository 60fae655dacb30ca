#!/usr/bin/env node
import { runMain } from './run-main.ts';
import { createProgram } from './run.ts';

await runMain(createProgram);
