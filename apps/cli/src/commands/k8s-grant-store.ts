import { quote, ValetkeyError } from '@valetkey/core';
import { parseClusterShareStore, parseShareStore, type AnyShareStore } from '@valetkey/share';
import { Command } from 'commander';
import { stringify } from 'yaml';
import { z } from 'zod';
import type { Io } from '../io.ts';
import { withClusterFlags, type ClusterFlags } from '../k8s/cluster-flags.ts';
import { openCluster } from '../k8s/cluster.ts';
import { readManifests, withFilenames } from '../k8s/manifest-files.ts';
import { toStoreGrant } from '../k8s/store-grant.ts';

interface GrantFlags extends ClusterFlags {
  readonly filename?: readonly string[];
  readonly issuer: string;
  readonly json?: boolean;
}

type Kind = AnyShareStore['kind'];

const kinds: Readonly<Record<string, Kind>> = {
  sharestore: 'ShareStore',
  sharestores: 'ShareStore',
  shst: 'ShareStore',
  clustersharestore: 'ClusterShareStore',
  clustersharestores: 'ClusterShareStore',
  cshst: 'ClusterShareStore',
};

const named = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
});

const examples = `
The issuer can read no Secret by itself; this is how it may read the keys of one store.

Examples:
  $ valetkey k8s grant-store sharestore/team-bucket -n vision | kubectl apply -f -
  $ valetkey k8s grant-store clustersharestore/models -f platform.yaml
  $ valetkey k8s grant-store cshst/models --issuer storage/valetkey-issuer | kubectl apply -f -
`;

/** \`valetkey k8s grant-store\`: the right to read the one Secret of a store. */
export function k8sGrantStoreCommand(io: Io): Command {
  return withClusterFlags(withFilenames(new Command('grant-store'), false))
    .summary('print the Role and RoleBinding for the one Secret of a store')
    .description(
      'Print the Role and RoleBinding that let the issuer read the Secret with the keys of one ShareStore or ' +
        'ClusterShareStore, and no other Secret. The store is read from the cluster, or from the files of -f. Nothing is ' +
        'applied.',
    )
    .argument('<kind/name>', 'such as sharestore/team-bucket or clustersharestore/models')
    .option('--issuer <namespace/name>', "the issuer's ServiceAccount", 'valetkey-system/valetkey-issuer')
    .option('--json', 'print JSON instead of YAML')
    .addHelpText('after', examples)
    .action(async (given: string, flags: GrantFlags) => {
      const [kind, name] = toStoreName(given);
      const [namespace = '', account = '', ...rest] = flags.issuer.split('/');
      if (namespace === '' || account === '' || rest.length > 0) {
        throw new ValetkeyError('invalid-configuration', {
          field: '--issuer',
          expected: 'NAMESPACE/NAME',
          got: quote(flags.issuer),
        });
      }
      const store = toStore(await findStore(kind, name, flags, io), kind);
      const objects = toStoreGrant(store, { namespace, name: account });
      io.stdout(
        flags.json
          ? `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }, undefined, 2)}\n`
          : objects.map((object) => stringify(object)).join('---\n'),
      );
    });
}

function toStoreName(given: string): readonly [Kind, string] {
  const [kind = '', name = '', ...rest] = given.split('/');
  const word = kind.toLowerCase().replace(/\.valetkey\.dev$/, '');
  const known = Object.hasOwn(kinds, word) ? kinds[word] : undefined;
  if (known !== undefined && name !== '' && rest.length === 0) return [known, name];
  throw new ValetkeyError('invalid-configuration', {
    field: 'kind/name',
    expected: 'sharestore/NAME or clustersharestore/NAME',
    got: quote(given),
  });
}

async function findStore(kind: Kind, name: string, flags: GrantFlags, io: Io): Promise<unknown> {
  const objects =
    flags.filename === undefined
      ? await fromCluster(kind, flags, io)
      : await readManifests(flags.filename, io);
  const found = objects
    .map(({ object }) => object)
    .find((object) => isStore(object, kind, name, flags.namespace));
  if (found !== undefined) return found;
  throw new ValetkeyError('store-not-found', { field: 'kind/name', got: `${kind} ${quote(name)}` });
}

async function fromCluster(kind: Kind, flags: GrantFlags, io: Io) {
  const cluster = await openCluster(flags, io);
  const objects =
    kind === 'ShareStore'
      ? await cluster.list('sharestores', cluster.namespace)
      : await cluster.list('clustersharestores');
  return objects.map((object) => ({ object }));
}

/** By its name alone, so that a sibling that is not valid is none of its business. */
function isStore(object: unknown, kind: Kind, name: string, namespace: string | undefined): boolean {
  const { data: store } = named.safeParse(object);
  return (
    store?.kind === kind &&
    store.metadata.name === name &&
    (kind === 'ClusterShareStore' ||
      namespace === undefined ||
      (store.metadata.namespace ?? namespace) === namespace)
  );
}

function toStore(object: unknown, kind: Kind): AnyShareStore {
  return kind === 'ShareStore' ? parseShareStore(object) : parseClusterShareStore(object);
}
