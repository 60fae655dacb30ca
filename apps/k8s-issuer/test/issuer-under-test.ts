/** A real issuer on the run's control plane: its own ServiceAccount, the shipped roles and admission policy. */
import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';

import { KubeConfig } from '@kubernetes/client-node';
import {
  controlPlane,
  toKubeconfig,
  type ControlPlane,
  type ControlPlaneDescription,
  type S3Description,
} from '@valetkey/testbed';

import { parseOptions } from '../src/config/options.ts';
import { createLogger } from '../src/observability/logger.ts';
import { realTimers } from '../src/runtime/timer.ts';
import { wireIssuer } from '../src/wire.ts';

const namespace = 'valetkey-system';

export interface IssuerUnderTest {
  /** Everything it has logged. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

export function installBase(cluster: ControlPlane): Promise<void> {
  return install(cluster, 'base');
}

export function installOverlay(cluster: ControlPlane, name: string): Promise<void> {
  return install(cluster, `overlays/${name}`);
}

async function install(cluster: ControlPlane, name: string): Promise<void> {
  const folder = new URL(`../../../infra/kustomize/${name}`, import.meta.url).pathname;
  await cluster.kubectl('apply', '--server-side', '--force-conflicts', '-k', folder);
  await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
}

export function issuerToken(cluster: ControlPlane): Promise<string> {
  return cluster.serviceAccountToken(namespace, 'valetkey-issuer');
}

/** Starts an issuer whose clock is `offsetMs()` ahead of the machine's. */
export async function startIssuer(
  description: ControlPlaneDescription,
  s3: Pick<S3Description, 'accessKeyId' | 'secretAccessKey'>,
  offsetMs: () => number,
  args: readonly string[] = [],
): Promise<IssuerUnderTest> {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromString(toKubeconfig(description, await issuerToken(controlPlane(description))));
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  // The default chain reads the process's environment.
  process.env['AWS_ACCESS_KEY_ID'] = s3.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = s3.secretAccessKey;
  const defaults = parseOptions(args);
  if (defaults === 'help') throw new Error('no options');
  const issuer = wireIssuer({
    options: { ...defaults, namespace, listen: undefined },
    kubeconfig,
    identity: randomUUID(),
    environment: process.env,
    clock: { now: () => Date.now() + offsetMs() },
    doubtsClock: false,
    timers: realTimers,
    random: Math.random,
    logger: createLogger(sink),
  });
  const stopping = new AbortController();
  const running = issuer.run(stopping.signal);
  return {
    log: () => lines.join(''),
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
