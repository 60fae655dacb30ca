import { parseArgs } from 'node:util';
import { quote, ValetkeyError } from '@valetkey/core';

import { parseElectionSettings, type ElectionSettings } from './election-settings.ts';

/** What the issuer is started with. */
export interface IssuerOptions {
  /** Absent: the cluster it runs in. */
  readonly kubeconfig: string | undefined;
  /** The issuer's own namespace. */
  readonly namespace: string;
  /** Address of health and metrics; absent: none. */
  readonly listen: { readonly host: string; readonly port: number } | undefined;
  readonly workers: number;
  /** Namespaces to serve; absent: all. */
  readonly namespaces: readonly string[] | undefined;
  readonly election: ElectionSettings;
  /** Where roles are assumed; absent: AWS's STS of the region. */
  readonly sts: { readonly endpoint: string | undefined; readonly region: string | undefined };
  /** Delete Shares `ttlAfterEnd` after their end. */
  readonly deleteEndedShares: boolean;
  /** Run without the admission policy that bounds which Secrets are written. */
  readonly allowUnguardedSecrets: boolean;
}

export const usage = `Usage: valetkey-k8s-issuer [options]

Watches Shares and keeps presigned URLs fresh in Secrets.

  --kubeconfig FILE   cluster to work on (default: the one it runs in)
  --namespace NAME    the issuer's own namespace (default: valetkey-system)
  --listen HOST:PORT  serves /livez, /readyz and /metrics; 'none' serves nothing (default: 127.0.0.1:8080)
  --workers N         Shares worked on at once, 1 to 64 (default: 16)
  --namespaces A,B    serve the Shares of these namespaces only (default: all)
  --help              this text

Stores that name a role:
  --sts-endpoint URL  assume roles here (default: AWS, of the region)
  --sts-region NAME   (default: AWS_REGION, then us-east-1)

What it does only when told to:
  --delete-ended-shares      delete a Share its spec.ttlAfterEnd after its end; needs a role that allows it
  --allow-unguarded-secrets  run without the ValidatingAdmissionPolicy that bounds which Secrets it may write

Of several replicas one writes, the one that holds a Lease in the issuer's own namespace:
  --lease-name NAME      (default: valetkey-issuer)
  --lease-duration TIME  others take over this long after the last sign of life, at most 5m (default: 15s)
  --renew-deadline TIME  the leader stops this long after its last renewal (default: 10s)
  --retry-period TIME    how often the leader renews (default: 2s)

Examples:
  $ valetkey-k8s-issuer --kubeconfig ~/.kube/config
  $ valetkey-k8s-issuer --listen 0.0.0.0:8080 --workers 32
  $ valetkey-k8s-issuer --namespaces team-a,team-b
`;

const maxNamespaces = 64;

/**
 * The options of a command line, or `help`.
 * @throws ValetkeyError `invalid-configuration`
 */
export function parseOptions(args: readonly string[]): IssuerOptions | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  return {
    kubeconfig: values.kubeconfig,
    namespace: values.namespace ?? 'valetkey-system',
    listen: toAddress(values.listen ?? '127.0.0.1:8080'),
    workers: toWorkers(values.workers ?? '16'),
    namespaces: values.namespaces === undefined ? undefined : toNamespaces(values.namespaces),
    election: parseElectionSettings(values),
    sts: { endpoint: toStsEndpoint(values['sts-endpoint']), region: toStsRegion(values['sts-region']) },
    deleteEndedShares: values['delete-ended-shares'] === true,
    allowUnguardedSecrets: values['allow-unguarded-secrets'] === true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        kubeconfig: { type: 'string' },
        namespace: { type: 'string' },
        listen: { type: 'string' },
        workers: { type: 'string' },
        namespaces: { type: 'string' },
        'lease-name': { type: 'string' },
        'lease-duration': { type: 'string' },
        'renew-deadline': { type: 'string' },
        'retry-period': { type: 'string' },
        'sts-endpoint': { type: 'string' },
        'sts-region': { type: 'string' },
        'delete-ended-shares': { type: 'boolean' },
        'allow-unguarded-secrets': { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    const hint = 'Run with --help for the options.';
    const got = error instanceof Error ? error.message : String(error);
    throw new ValetkeyError('invalid-configuration', { field: 'command line', got, hint, cause: error });
  }
}

function toAddress(text: string): IssuerOptions['listen'] {
  if (text === 'none') return undefined;
  const match = /^(.+):(\d{1,5})$/.exec(text);
  const [, host, port] = match ?? [];
  if (host !== undefined && Number(port) <= 65_535) return { host, port: Number(port) };
  throw new ValetkeyError('invalid-configuration', {
    field: '--listen',
    expected: 'HOST:PORT or none',
    got: quote(text),
  });
}

function toWorkers(text: string): number {
  const workers = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (workers >= 1 && workers <= 64) return workers;
  throw new ValetkeyError('invalid-configuration', {
    field: '--workers',
    expected: '1 to 64',
    got: quote(text),
  });
}

function toStsEndpoint(text: string | undefined): string | undefined {
  if (text === undefined || /^https?:\/\/[A-Za-z0-9.\-[\]:]+$/.test(text)) return text;
  throw new ValetkeyError('invalid-configuration', {
    field: '--sts-endpoint',
    expected: 'a URL such as https://sts.eu-central-1.amazonaws.com',
    got: quote(text),
  });
}

function toStsRegion(text: string | undefined): string | undefined {
  if (text === undefined || /^[a-z0-9-]{1,64}$/.test(text)) return text;
  throw new ValetkeyError('invalid-configuration', {
    field: '--sts-region',
    expected: 'a region such as eu-central-1',
    got: quote(text),
  });
}

function toNamespaces(text: string): string[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  if (
    names.length <= maxNamespaces &&
    names.every((name) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
  ) {
    return names;
  }
  throw new ValetkeyError('invalid-configuration', {
    field: '--namespaces',
    expected: `1 to ${maxNamespaces} names of namespaces with commas between them`,
    got: quote(text),
  });
}
