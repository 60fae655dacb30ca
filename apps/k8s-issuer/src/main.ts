#!/usr/bin/env node
/** The process: options, signals, exit status. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import { systemClock, ValetkeyError } from '@valetkey/core';
import { parseOptions, usage, type IssuerOptions } from './config/options.ts';
import { loadClusterAccess } from './kube/cluster-access.ts';
import { createLogger } from './observability/logger.ts';
import { realTimers } from './runtime/timer.ts';
import { wireIssuer } from './wire.ts';

const exitTaken = 1;
const exitUsage = 2;

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(usage);
  else await run(options);
} catch (error) {
  if (!(error instanceof ValetkeyError)) throw error;
  process.stderr.write(`valetkey-k8s-issuer: ${error.code}: ${error.message}\n`);
  process.exitCode = exitUsage;
}

async function run(options: IssuerOptions): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  const issuer = wireIssuer({
    options,
    kubeconfig: loadClusterAccess(options.kubeconfig, process.env),
    identity: `${hostname()}_${randomUUID()}`,
    environment: process.env,
    clock: systemClock,
    doubtsClock: true,
    timers: realTimers,
    random: Math.random,
    logger: createLogger(),
  });
  // Timers do not keep a process alive; while the API server is away there is no socket that would.
  const alive = setInterval(() => undefined, 60_000);
  try {
    const end = await issuer.run(stop.signal);
    // At once: what a visit of before still has under way ends with the process.
    process.exit(end === 'taken' ? exitTaken : 0);
  } finally {
    clearInterval(alive);
  }
}
