#!/usr/bin/env node
/** `kubectl valetkey …` is `valetkey k8s …`. kubectl finds it by its name on PATH. */
import { runMain } from './run-main.ts';
import { createKubectlPlugin } from './run.ts';

await runMain(createKubectlPlugin);
