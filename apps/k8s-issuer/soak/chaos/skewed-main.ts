/** The issuer with a clock that is wrong by `CLOCK_OFFSET_SECONDS`. The product has no such option. */
import { randomUUID } from 'node:crypto';

import { parseOptions } from '../../src/config/options.ts';
import { loadClusterAccess } from '../../src/kube/cluster-access.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { realTimers } from '../../src/runtime/timer.ts';
import { wireIssuer } from '../../src/wire.ts';

const offsetMs = Number(process.env['CLOCK_OFFSET_SECONDS']) * 1_000;
const options = parseOptions(process.argv.slice(2));
if (options === 'help') throw new Error('it has no help');
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const alive = setInterval(() => undefined, 60_000);
const issuer = wireIssuer({
  options,
  kubeconfig: loadClusterAccess(options.kubeconfig, process.env),
  identity: `skewed_${randomUUID()}`,
  environment: process.env,
  clock: { now: () => Date.now() + offsetMs },
  doubtsClock: true,
  timers: realTimers,
  random: Math.random,
  logger: createLogger(),
});
const end = await issuer.run(stop.signal);
clearInterval(alive);
process.exit(end === 'taken' ? 1 : 0);
