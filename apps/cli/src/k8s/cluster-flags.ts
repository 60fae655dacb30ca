import type { Command } from 'commander';

/** Which cluster, and whose eyes look at it. */
export interface ClusterFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
}

/** Adds the flags that name a cluster; they are kubectl's. */
export function withClusterFlags(command: Command): Command {
  return command
    .option('-n, --namespace <name>', 'namespace (default: the kubeconfig\'s, else "default")')
    .option(
      '--kubeconfig <file>',
      'kubeconfig (default: $KUBECONFIG, ~/.kube/config, or the cluster around a pod)',
    )
    .option('--context <name>', 'context of the kubeconfig (default: its current one)');
}
