import { setTimeout as wait } from 'node:timers/promises';

import { formatInstant, parseDurationSeconds, ValetkeyError } from '@valetkey/core';
import { parseShare, type Share } from '@valetkey/share';
import { Command } from 'commander';
import { AnswerIsNo } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { withClusterFlags, type ClusterFlags } from '../k8s/cluster-flags.ts';
import { openCluster, type Cluster } from '../k8s/cluster.ts';
import { conditionOf } from '../k8s/share-line.ts';
import { printable } from '../printable.ts';

const annotation = 'valetkey.dev/renew-requested-at';
const pollMs = 500;

interface RenewFlags extends ClusterFlags {
  readonly wait: boolean;
  readonly timeout: string;
}

const examples = `
The URLs that are published now stay valid until their own expiry.

Examples:
  $ valetkey k8s renew weights -n vision
  $ valetkey k8s renew weights -n vision --no-wait
`;

/** \`valetkey k8s renew\`: asks the issuer to renew now, and waits for its answer. */
export function k8sRenewCommand(io: Io): Command {
  return withClusterFlags(new Command('renew'))
    .summary('ask the issuer to renew a Share now, and wait until it has')
    .description(
      `Ask the issuer to renew a Share before its time, by the annotation ${annotation}, and wait until it has. ` +
        'Needs the right to patch Shares. Ends with 1 when the Share is not renewed.',
    )
    .argument('<share>', 'name of the Share')
    .option('--no-wait', 'do not wait for the answer')
    .option('--timeout <duration>', 'wait no longer than this', '60s')
    .addHelpText('after', examples)
    .action(async (name: string, flags: RenewFlags) => {
      const timeoutSeconds = parseDurationSeconds(flags.timeout, '--timeout');
      const cluster = await openCluster(flags, io);
      const requested = formatInstant(io.clock.now());
      await cluster.annotateShare(cluster.namespace, name, { [annotation]: requested });
      if (!flags.wait) return;
      const share = await untilHandled(cluster, { name, requested, timeoutSeconds }, io);
      io.stdout(`renewed: ${name}, valid until ${share.status?.expirationTime ?? 'unknown'}\n`);
    });
}

interface Request {
  readonly name: string;
  readonly requested: string;
  readonly timeoutSeconds: number;
}

async function untilHandled(cluster: Cluster, request: Request, io: Io): Promise<Share> {
  const { name, requested, timeoutSeconds } = request;
  const interrupted = io.interrupted();
  const progress = io.streams.progress;
  const end = (): void => void progress?.write('\r\u001B[K');
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    const share = parseShare(await cluster.share(cluster.namespace, name));
    const isHandled = share.status?.handledRenewRequest === requested;
    const isStalled = conditionOf(share, 'Stalled').status === 'True';
    if (isHandled || isStalled || waitedMs >= timeoutSeconds * 1000) {
      end();
      if (isHandled) return share;
      notRenewed(share, isStalled ? 'it will not be' : `not within ${timeoutSeconds} s`, io);
    }
    progress?.write(`\rwaiting for the issuer: ${Math.floor(waitedMs / 1000)} s`);
    await waitUnlessInterrupted(interrupted, end);
  }
}

async function waitUnlessInterrupted(interrupted: AbortSignal, end: () => void): Promise<void> {
  try {
    await wait(pollMs, undefined, { signal: interrupted });
  } catch (error) {
    end();
    throw new ValetkeyError('interrupted', { expected: 'the answer of the issuer', cause: error });
  }
}

function notRenewed(share: Share, why: string, io: Io): never {
  const synced = conditionOf(share, 'SecretSynced');
  const { reason, message } = synced.status === 'False' ? synced : conditionOf(share, 'Ready');
  io.stderr(`valetkey: not renewed, ${why}: ${printable(`${reason}: ${message}`)}\n`);
  throw new AnswerIsNo();
}
