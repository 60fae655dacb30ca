import { Command } from 'commander';
import type { Io } from '../io.ts';
import { k8sExplainCommand } from './k8s-explain.ts';
import { k8sGrantStoreCommand } from './k8s-grant-store.ts';
import { k8sLintCommand } from './k8s-lint.ts';
import { k8sRenderCommand } from './k8s-render.ts';
import { k8sRenewCommand } from './k8s-renew.ts';
import { k8sStatusCommand } from './k8s-status.ts';

/** Everything about Shares: under `valetkey k8s`, and under `kubectl valetkey`. */
export function k8sCommand(io: Io, name = 'k8s'): Command {
  return new Command(name)
    .description('Work with Shares: in files without a cluster, and in a cluster.')
    .addCommand(k8sRenderCommand(io))
    .addCommand(k8sLintCommand(io))
    .addCommand(k8sExplainCommand(io))
    .addCommand(k8sStatusCommand(io))
    .addCommand(k8sRenewCommand(io))
    .addCommand(k8sGrantStoreCommand(io));
}
