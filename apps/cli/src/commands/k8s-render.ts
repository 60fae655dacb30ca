import { quote, ValetkeyError } from '@valetkey/core';
import { credentialProvider } from '@valetkey/core/s3';
import { renderShares, type ShareSecret } from '@valetkey/share';
import { Command } from 'commander';
import { stringify } from 'yaml';
import type { Io } from '../io.ts';
import { readManifests, toCheckedObjects, withFilenames } from '../k8s/manifest-files.ts';
import { chooseStore, type StoreOptions } from '../store-options.ts';

interface RenderFlags extends StoreOptions {
  readonly filename: readonly string[];
  readonly entry?: string;
}

const examples = `
The output holds URLs that work: treat it as a secret.

Examples:
  $ valetkey k8s render -f examples/shares/weights.yaml
  $ valetkey k8s render -f share.yaml -f platform.yaml --profile models-reader
  $ kubectl kustomize overlays/prod | valetkey k8s render -f -
  $ valetkey k8s render -f share.yaml --entry weights.curl | curl --config - --output weights.bin
`;

/** `valetkey k8s render`: the Secret of a Share, without a cluster. */
export function k8sRenderCommand(io: Io): Command {
  return withFilenames(new Command('render'), true)
    .summary('print the Secrets that the issuer would publish')
    .description(
      'Print the Secrets that the issuer would publish for the Shares in the files, as YAML. The files hold what would ' +
        'be applied: Shares with their SharePolicies, stores and Namespaces. No cluster and no store is called; URLs are ' +
        'signed with your own credentials.',
    )
    .option('--entry <key>', 'print this entry of the Secret only, as a pod would read it')
    .option('--config <file>', 'a valetkey.yaml whose store is signed for, instead of the one in the files')
    .option('--store <name>', 'which store of the configuration; needed when it has several')
    .option('--endpoint-url <url>', "base URL to sign for, instead of the store's own")
    .option('--region <region>', "region to sign for, instead of the store's own")
    .option('--profile <name>', 'profile of the shared AWS configuration to take credentials from')
    .addHelpText('after', examples)
    .action(async (flags: RenderFlags) => {
      const nowMs = io.clock.now();
      const objects = toCheckedObjects(await readManifests(flags.filename, io), nowMs);
      const secrets = await renderShares(objects, {
        signerFor: async (store) => signer(store, flags, io),
        nowMs,
      });
      io.stdout(flags.entry === undefined ? toYaml(secrets) : entryOf(secrets, flags.entry));
    });
}

type Signer = Parameters<typeof renderShares>[1]['signerFor'];

const signer = async (store: Parameters<Signer>[0], flags: RenderFlags, io: Io): ReturnType<Signer> => {
  if (flags.config !== undefined || flags.store !== undefined || flags.endpointUrl !== undefined) {
    const chosen = await chooseStore(flags, io);
    return { store: chosen.store, credentials: await chosen.credentials() };
  }
  const { profile } = flags;
  const source = profile === undefined ? { default: {} } : { sharedConfig: { profile } };
  const credentials = await credentialProvider(source, io.environment)();
  return { store: flags.region === undefined ? store : { ...store, region: flags.region }, credentials };
};

function toYaml(secrets: readonly ShareSecret[]): string {
  return secrets.map((secret) => stringify(secret, { lineWidth: 0 })).join('---\n');
}

function entryOf(secrets: readonly ShareSecret[], key: string): string {
  const found = secrets.flatMap(({ stringData }) =>
    Object.hasOwn(stringData, key) ? [stringData[key] ?? ''] : [],
  );
  const [entry, another] = found;
  if (entry !== undefined && another === undefined) return entry;
  const known = secrets.flatMap(({ stringData }) => Object.keys(stringData));
  throw new ValetkeyError('unknown-field', {
    field: '--entry',
    expected: `one of ${[...new Set(known)].join(', ')}`,
    got: another === undefined ? quote(key) : `${quote(key)}, which several Secrets have`,
  });
}
