#!/usr/bin/env node
/** The process: options, signals, exit status. */
import { parseArgs } from 'node:util';

import { lintPolicies, ValetkeyError } from '@valetkey/core';
import { createService } from '@valetkey/http-handler';

import { createLogger } from './logger.ts';
import { serve } from './serve.ts';
import { loadSettings, type Settings } from './settings.ts';

const usage = `Usage: valetkey-signer [--config FILE] [--check]

Hands out presigned URLs under the policies of a configuration file, and serves the console.

  --config FILE   valetkey.yaml with stores, policies and server (default: valetkey.yaml)
  --check         read and check the configuration, then end
  --help          show this

Examples:
  valetkey-signer --config /etc/valetkey/valetkey.yaml
  valetkey-signer --check && systemctl restart valetkey-signer

SIGHUP, or a change of the file or of its secrets, reads the configuration again; while it is broken the last good one
stays. SIGTERM makes /readyz say 503 for three seconds, then finishes what is in flight; a second signal, or SIGINT, skips
the three seconds.

Exit status: 0 done, 1 failed, 2 wrong usage or configuration.
`;

try {
  const { values } = parseArgs({
    options: {
      config: { type: 'string', default: 'valetkey.yaml' },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) process.stdout.write(usage);
  else await run(values.config, values.check);
} catch (error) {
  process.exitCode = 2;
  if (error instanceof ValetkeyError) {
    process.stderr.write(`valetkey-signer: ${error.code}: ${error.message}\n`);
  } else if (error instanceof TypeError && 'code' in error) {
    process.stderr.write(`valetkey-signer: ${error.message}\n\n${usage}`);
  } else throw error;
}

async function run(file: string, onlyCheck: boolean): Promise<void> {
  const load = () => loadSettings(file, process.env);
  if (onlyCheck) {
    check(await load());
    return;
  }
  // Before anything is read: a signal that comes early is not lost and does not end the process half-way.
  const stopped = Promise.withResolvers<void>();
  const hurried = Promise.withResolvers<void>();
  process.once('SIGTERM', () => {
    stopped.resolve();
    process.once('SIGTERM', () => hurried.resolve());
  });
  // Of somebody at a terminal.
  process.on('SIGINT', () => {
    stopped.resolve();
    hurried.resolve();
  });
  let isHungUp = false;
  let hangUp = (): void => {
    isHungUp = true;
  };
  process.on('SIGHUP', () => hangUp());
  const serving = await serve({ file, load, logger: createLogger() });
  hangUp = () => void serving.reload();
  if (isHungUp) hangUp();
  await stopped.promise;
  await serving.stop(hurried.promise);
}

/** What can only be seen of a service that is made. */
function check(settings: Settings): void {
  createService(settings);
  const { stores, policies } = settings;
  process.stdout.write(`valid: ${stores.size} stores, ${policies.length} policies\n`);
  for (const { policy = '', code, message, fix } of lintPolicies(policies)) {
    process.stdout.write(`warning: ${policy}: ${code}: ${message} ${fix}\n`);
  }
}
