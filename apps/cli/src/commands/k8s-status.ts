import { Command } from 'commander';
import { AnswerIsNo } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { withClusterFlags, type ClusterFlags } from '../k8s/cluster-flags.ts';
import { openCluster } from '../k8s/cluster.ts';
import { instantMs, toShareLine, type ShareLine } from '../k8s/share-line.ts';
import { formatFromNow } from '../k8s/span.ts';
import { toTable } from '../table.ts';

interface StatusFlags extends ClusterFlags {
  readonly allNamespaces?: boolean;
  readonly json?: boolean;
}

const examples = `
Examples:
  $ valetkey k8s status -n vision
  $ valetkey k8s status weights -n vision
  $ valetkey k8s status -A --json
`;

/** \`valetkey k8s status\`: which Shares are published, until when, and what is wrong. */
export function k8sStatusCommand(io: Io): Command {
  return withClusterFlags(new Command('status'))
    .summary('which Shares are published, until when, and what is wrong')
    .description(
      'Show the Shares of a namespace: whether their URLs are valid, in which Secret they are, when they end and when ' +
        'they are renewed, and why not. Needs no right but to read Shares. Ends with 1 when one is not Ready.',
    )
    .argument('[share]', 'this one only, with the message of its condition')
    .option('-A, --all-namespaces', 'the Shares of all namespaces')
    .option('--json', 'print the rows as JSON')
    .addHelpText('after', examples)
    .action(async (name: string | undefined, flags: StatusFlags) => {
      const cluster = await openCluster(flags, io);
      const objects =
        name === undefined
          ? await cluster.list('shares', flags.allNamespaces ? undefined : cluster.namespace)
          : [await cluster.share(cluster.namespace, name)];
      const lines = objects.map(toShareLine);
      io.stdout(
        flags.json ? `${JSON.stringify(lines, undefined, 2)}\n` : toText(lines, flags, io.clock.now()),
      );
      if (lines.length === 0) io.stderr('valetkey: note: there is no Share\n');
      if (name !== undefined && !flags.json) io.stdout(toMessage(lines));
      if (lines.some(({ ready }) => ready !== 'True')) throw new AnswerIsNo();
    });
}

function toText(lines: readonly ShareLine[], { allNamespaces }: StatusFlags, nowMs: number): string {
  if (lines.length === 0) return '';
  const from = (text: string | undefined): string => {
    const at = instantMs(text);
    return at === undefined ? '-' : formatFromNow(at, nowMs);
  };
  const where = (namespace: string): readonly string[] => (allNamespaces ? [namespace] : []);
  return toTable(
    [...where('namespace'), 'name', 'ready', 'secret', 'expires', 'renews', 'reason'],
    lines.map((line) => [
      ...where(line.namespace),
      line.name,
      line.ready,
      line.secret,
      from(line.expiresAt),
      from(line.renewsAt),
      line.reason,
    ]),
  );
}

function toMessage([line]: readonly ShareLine[]): string {
  return line === undefined ? '' : `\n${toTable(['reason', 'message'], [[line.reason, line.message]])}`;
}
