/** Which cluster is meant, found as kubectl finds it. */
import { access } from 'node:fs/promises';
import path from 'node:path';

import type { KubeConfig } from '@kubernetes/client-node';
import { quote, ValetkeyError } from '@valetkey/core';
import type { Io } from '../io.ts';
import { systemReason } from '../system-error.ts';
import type { ClusterFlags } from './cluster-flags.ts';

/**
 * The kubeconfig that `--kubeconfig` names, else `$KUBECONFIG`, else `~/.kube/config`, else the cluster around the pod;
 * with the context that `--context` names.
 * @throws ValetkeyError `invalid-configuration`
 */
export async function findKubeconfig(flags: ClusterFlags, io: Io): Promise<KubeConfig> {
  const config = await load(flags, io);
  const { context } = flags;
  if (context !== undefined) {
    if (config.getContextObject(context) === null) {
      const known = config.getContexts().map(({ name }) => quote(name));
      throw new ValetkeyError('invalid-configuration', {
        field: '--context',
        expected: `one of ${known.join(', ')}`,
        got: quote(context),
      });
    }
    config.setCurrentContext(context);
  }
  if (config.getCurrentCluster() !== null) return config;
  throw new ValetkeyError('invalid-configuration', {
    field: 'kubeconfig',
    expected: 'a current context with a cluster',
    got: quote(config.getCurrentContext()),
    hint: 'Name a context with --context.',
  });
}

async function load({ kubeconfig }: ClusterFlags, io: Io): Promise<KubeConfig> {
  // Only these commands need it, and it takes longer to load than the others run.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const files = kubeconfig === undefined ? await usualFiles(io) : [kubeconfig];
  const [first, ...others] = files;
  if (first !== undefined) {
    loadFile(config, first);
    for (const file of others) {
      const more = new KubeConfig();
      loadFile(more, file);
      config.mergeConfig(more, true);
    }
    return config;
  }
  if (io.environment['KUBERNETES_SERVICE_HOST'] !== undefined) {
    config.loadFromCluster();
    return config;
  }
  throw new ValetkeyError('invalid-configuration', {
    field: 'kubeconfig',
    expected: '--kubeconfig, KUBECONFIG, ~/.kube/config or a pod',
    got: 'none',
    hint: 'Name a kubeconfig with --kubeconfig.',
  });
}

async function usualFiles({ environment, surroundings }: Io): Promise<readonly string[]> {
  const named = (environment['KUBECONFIG'] ?? '').split(path.delimiter).filter((file) => file !== '');
  if (named.length > 0) return named;
  const usual = path.join(surroundings.home, '.kube', 'config');
  try {
    await access(usual);
    return [usual];
  } catch (error) {
    if (systemReason(error) === undefined) throw error;
    return [];
  }
}

/** Its own errors may quote the file, which holds keys, so they stay the cause. */
function loadFile(config: KubeConfig, file: string): void {
  try {
    config.loadFromFile(file);
  } catch (error) {
    throw new ValetkeyError('invalid-configuration', {
      field: quote(file),
      expected: 'a kubeconfig',
      got: systemReason(error) ?? 'a file that is none',
      cause: error,
    });
  }
}
