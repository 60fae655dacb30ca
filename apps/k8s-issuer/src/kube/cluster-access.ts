/**
 * Which cluster to talk to, and as whom. All of `@kubernetes/client-node` is 70 MiB and a third of a second of
 * generated classes that nothing here uses. So only its reading of kubeconfigs is loaded, and the rest not before a
 * user has to be asked for whom it alone knows a way: a command, a cloud's provider.
 */
import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { dirname, resolve } from 'node:path';

import type { Cluster, KubeConfig, User } from '@kubernetes/client-node';
import { newClusters, newContexts, newUsers } from '@kubernetes/client-node/dist/config_types.js';
import { ValetkeyError } from '@valetkey/core';
import { parse } from 'yaml';

import { toJsonObject } from './json-value.ts';

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * What a kubeconfig's current context says; client-node's `KubeConfig` is one.
 * @internal
 */
export type ClusterAccess = Pick<KubeConfig, 'getCurrentCluster' | 'getCurrentUser' | 'applyToHTTPSOptions'>;

interface Place {
  readonly cluster: Cluster | null;
  readonly user: User | null;
}

/**
 * The current context of a kubeconfig; without a file, that of the Pod which this process runs in.
 * @throws ValetkeyError `invalid-configuration`
 * @internal
 */
export function loadClusterAccess(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): ClusterAccess {
  const { cluster, user } = refusing(file, () => (file === undefined ? ofPod(environment) : ofFile(file)));
  let whole: Promise<KubeConfig> | undefined;
  return {
    getCurrentCluster: () => cluster,
    getCurrentUser: () => user,
    async applyToHTTPSOptions(options) {
      whole ??= loadWhole(file);
      await (await whole).applyToHTTPSOptions(options);
    },
  };
}

function ofFile(file: string): Place {
  const config = toJsonObject(parse(readFileSync(file, 'utf8')));
  const current = config['current-context'];
  const context = newContexts(config['contexts']).find(({ name }) => name === current);
  const cluster = newClusters(config['clusters']).find(({ name }) => name === context?.cluster);
  const user = newUsers(config['users']).find(({ name }) => name === context?.user);
  // Beside the kubeconfig, as kubectl takes them.
  const found = (path: string): string => resolve(dirname(file), path);
  if (cluster?.caFile) cluster.caFile = found(cluster.caFile);
  if (user?.certFile) user.certFile = found(user.certFile);
  if (user?.keyFile) user.keyFile = found(user.keyFile);
  return { cluster: cluster ?? null, user: user ?? null };
}

/** The token is kubelet's to replace, so it is its file that counts. */
function ofPod(environment: Readonly<Record<string, string | undefined>>): Place {
  const host = environment['KUBERNETES_SERVICE_HOST'];
  const port = environment['KUBERNETES_SERVICE_PORT'];
  if (!host || !port) throw new TypeError('this process does not run in a Pod');
  const server = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const authProvider = { name: 'tokenFile', config: { tokenFile: `${serviceAccount}/token` } };
  return {
    cluster: { name: 'pod', server, caFile: `${serviceAccount}/ca.crt`, skipTLSVerify: false },
    user: { name: 'pod', authProvider },
  };
}

async function loadWhole(file: string | undefined): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  if (file === undefined) config.loadFromCluster();
  else config.loadFromFile(file);
  return config;
}

function refusing<T>(file: string | undefined, load: () => T): T {
  try {
    return load();
  } catch (error) {
    throw new ValetkeyError('invalid-configuration', {
      field: '--kubeconfig',
      expected: 'a kubeconfig file, or a cluster to run in',
      got: file ?? 'none',
      cause: error,
    });
  }
}
