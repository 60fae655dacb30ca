import { quote, ValetkeyError } from '@valetkey/core';
import { gatherShares, gatherStoredShares, parseShare, readShare, secretNameOf } from '@valetkey/share';
import { Command } from 'commander';
import { AnswerIsNo } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { withClusterFlags, type ClusterFlags } from '../k8s/cluster-flags.ts';
import { openCluster, type Cluster } from '../k8s/cluster.ts';
import { explainShare, type ShareExplanation } from '../k8s/explain-share.ts';
import { readManifests, toCheckedObjects, withFilenames } from '../k8s/manifest-files.ts';
import { conflictAmong, problemInStatus } from '../k8s/secret-problem.ts';
import { toTable } from '../table.ts';

interface ExplainFlags extends ClusterFlags {
  readonly filename?: readonly string[];
  readonly json?: boolean;
}

const examples = `
Examples:
  $ valetkey k8s explain weights -n vision
  $ valetkey k8s explain -f share.yaml -f platform.yaml
  $ valetkey k8s explain weights -f examples/shares/weights.yaml --json
`;

/** \`valetkey k8s explain\`: which policy admits a Share, or why none does. */
export function k8sExplainCommand(io: Io): Command {
  return withClusterFlags(withFilenames(new Command('explain'), false))
    .summary('which policy admits a Share, or why none does')
    .description(
      'Decide a Share as the issuer would, and say which policy admits it or why none does, policy by policy, and whether ' +
        'somebody else has its Secret. From the cluster, which takes the right to read the Share, SharePolicies, stores and ' +
        'the Namespace, and for the last of it to list Shares: without that it says what it did not look at. Or from the ' +
        'files of -f, which calls nothing. Ends with 1 when a Share is not admitted or does not get its Secret.',
    )
    .argument('[share]', 'name of the Share; with -f all of the files when it is left out')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', examples)
    .action(async (name: string | undefined, flags: ExplainFlags) => {
      const explanations =
        flags.filename === undefined ? await fromCluster(name, flags, io) : await fromFiles(name, flags, io);
      io.stdout(
        flags.json ? `${JSON.stringify(explanations, undefined, 2)}\n` : explanations.map(toText).join('\n'),
      );
      if (explanations.some(({ allowed, secret }) => !allowed || secret !== undefined))
        throw new AnswerIsNo();
    });
}

async function fromFiles(
  name: string | undefined,
  { filename = [], namespace }: ExplainFlags,
  io: Io,
): Promise<readonly ShareExplanation[]> {
  const nowMs = io.clock.now();
  const objects = toCheckedObjects(await readManifests(filename, io), nowMs);
  const all = gatherShares(objects, nowMs);
  const found = all.filter(
    ({ share, namespace: of }) =>
      (name === undefined || share.metadata.name === name) &&
      (namespace === undefined || of.name === namespace),
  );
  if (found.length > 0) {
    return found.map((inputs) => explainShare(inputs, conflictAmong(inputs, all, objects)));
  }
  throw new ValetkeyError('invalid-configuration', {
    field: '--filename',
    expected: name === undefined ? 'a Share in the files' : `a Share ${quote(name)} in the files`,
    got: 'none',
  });
}

async function fromCluster(
  name: string | undefined,
  flags: ExplainFlags,
  io: Io,
): Promise<readonly ShareExplanation[]> {
  if (name === undefined) {
    throw new ValetkeyError('invalid-configuration', {
      field: 'share',
      expected: 'a name, or -f',
      got: 'none',
    });
  }
  const cluster = await openCluster(flags, io);
  const share = parseShare(await cluster.share(cluster.namespace, name));
  const [shares, policies, stores, namespace] = await Promise.all([
    listShares(cluster),
    cluster.list('sharepolicies'),
    share.spec.storeRef.kind === 'ShareStore'
      ? cluster.list('sharestores', cluster.namespace)
      : cluster.list('clustersharestores'),
    cluster.namespaceObject(cluster.namespace),
  ]);
  // One that breaks a rule claims no Secret.
  const others = shares.items
    .map(readShare)
    .filter((other) => other.kind === 'Share' && other.metadata.uid !== share.metadata.uid);
  return gatherStoredShares([namespace, ...stores, ...policies, share, ...others], io.clock.now())
    .filter((inputs) => inputs.share.metadata.uid === share.metadata.uid)
    .map((inputs) => {
      const explanation = explainShare(inputs, problemInStatus(inputs.share));
      if (shares.refusal === undefined) return explanation;
      const notLookedAt = `whether another Share keeps the Secret ${secretNameOf(inputs.share)}: ${shares.refusal}`;
      return { ...explanation, notLookedAt: [notLookedAt] };
    });
}

/** Only whether two Shares keep one Secret needs them all, so that whoever may not list them is told the rest. */
async function listShares({
  list,
  namespace,
}: Cluster): Promise<{ readonly items: readonly unknown[]; readonly refusal?: string }> {
  try {
    return { items: await list('shares', namespace) };
  } catch (error) {
    if (!(error instanceof ValetkeyError) || error.code !== 'cluster-refused') throw error;
    return { items: [], refusal: error.message };
  }
}

function toText(explanation: ShareExplanation): string {
  const { namespace, share, allowed, policy, reason, message, secret, policies } = explanation;
  const unknown = explanation.notLookedAt?.map((what) => `Not looked at: ${what}\n`).join('') ?? '';
  const verdict = allowed ? `admitted by SharePolicy ${policy}` : `not admitted: ${reason}: ${message}`;
  const but = secret === undefined ? '' : `Its Secret is not written: ${secret.reason}: ${secret.message}\n`;
  const rows = policies.map((opinion) => [opinion.policy, opinion.answer, opinion.message]);
  return `Share ${namespace}/${share}: ${verdict}\n${but}${unknown}${rows.length === 0 ? '' : toTable(['policy', 'answer', 'why'], rows)}`;
}
