#!/usr/bin/env node
/** The process: options, signals, exit status. */
import { parseArgs } from 'node:util';

import { lintPolicies, systemClock, ValetkeyError } from '@valetkey/core';

import { createIdentities } from './auth/identities.ts';
import { createApp } from './create-app.ts';
import { listen } from './listen.ts';
import { createLogger } from './logger.ts';
import { loadSettings, type Settings } from './settings.ts';

const usage = `Usage: valetkey-signer [--config FILE] [--check]

Hands out presigned URLs under the policies of a configuration file, and serves the console.

  --config FILE   valetkey.yaml with stores, policies and server (default: valetkey.yaml)
  --check         read and check the configuration, then end
  --help          show this

Examples:
  valetkey-signer --config /etc/valetkey/valetkey.yaml
  valetkey-signer --check && systemctl restart valetkey-signer

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
  else await run(await loadSettings(values.config, process.env), values.check);
} catch (error) {
  process.exitCode = 2;
  if (error instanceof ValetkeyError) {
    process.stderr.write(`valetkey-signer: ${error.code}: ${error.message}\n`);
  } else if (error instanceof TypeError && 'code' in error) {
    process.stderr.write(`valetkey-signer: ${error.message}\n\n${usage}`);
  } else throw error;
}

async function run(settings: Settings, onlyCheck: boolean): Promise<void> {
  const logger = createLogger();
  let isReady = true;
  const identities = createIdentities({
    clock: systemClock,
    fetch: (url, init) => fetch(url, init),
    onFailure: (err) => logger.error({ err }, 'keys of the issuer'),
  });
  const app = createApp(settings, { logger, clock: systemClock, identities, isReady: () => isReady });
  if (onlyCheck) {
    process.stdout.write(`valid: ${settings.stores.size} stores, ${settings.policies.length} policies\n`);
    for (const { policy = '', code, message, fix } of lintPolicies(settings.policies)) {
      process.stdout.write(`warning: ${policy}: ${code}: ${message} ${fix}\n`);
    }
    return;
  }
  for (const warning of lintPolicies(settings.policies)) logger.warn(warning, 'policy');
  const listening = await listen((request) => app.fetch(request), settings.server.listen);
  logger.info({ origin: listening.origin }, 'listening');
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  isReady = false;
  logger.info('stopping');
  await listening.stop();
}
