/** One replica of the issuer: a process of its own, with a token of its own, on loopback. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  controlPlane,
  freePort,
  guardChild,
  temporaryFolder,
  toKubeconfig,
  type AuditEvent,
  type ControlPlaneDescription,
} from '@valetkey/testbed';

import { issuerToken } from './issuer-under-test.ts';

export interface Replica {
  readonly pid: number;
  /** What the API server's audit log calls its token. */
  readonly credentialId: string;
  readonly log: () => string;
  /** What /readyz says: `ok: leading`, `ok: standing by`, or why not; empty when nothing answers. */
  readonly readiness: () => Promise<string>;
  readonly metrics: () => Promise<string>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Exit code or signal, once it has ended. */
  readonly exited: Promise<number | string | null>;
  readonly hasExited: () => boolean;
  /** Ends it without mercy and removes its folder; so does the end of this process. */
  readonly discard: () => Promise<void>;
}

const fromSource = ['--conditions=@valetkey/source', new URL('../src/main.ts', import.meta.url).pathname];
/** Timings that a loaded machine keeps, and a test can wait for. */
const election = ['--lease-duration', '6s', '--renew-deadline', '4s', '--retry-period', '1s'];

/** How a replica differs from one that runs from source, with credentials that open nothing. */
interface ReplicaOptions {
  /** Where its token is asked for, when `description` names a proxy's address. */
  readonly administered?: ControlPlaneDescription;
  /** What Node runs, its own options first. */
  readonly program?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Where its log is kept as it is written, so that a death can be explained. @default nowhere */
  readonly logFile?: string;
}

/** Starts a replica against `description`, which may name a proxy's address. */
export async function startReplica(
  description: ControlPlaneDescription,
  more: readonly string[] = [],
  { administered = description, program = fromSource, environment, logFile }: ReplicaOptions = {},
): Promise<Replica> {
  const token = await issuerToken(controlPlane(administered));
  const folder = await temporaryFolder('replica');
  const kubeconfig = join(folder.path, 'kubeconfig');
  await writeFile(kubeconfig, toKubeconfig(description, token), { mode: 0o600 });
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [...program, '--kubeconfig', kubeconfig, '--listen', `127.0.0.1:${port}`, ...election, ...more],
    {
      env: {
        AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'canary-secret-key',
        HOME: folder.path,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    },
  );
  guardChild(child);
  const log = collect(child);
  if (logFile !== undefined) keep(child, logFile);
  let ended = false;
  const exited = new Promise<number | string | null>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = true;
      resolve(signal ?? code);
    });
  });
  const ask = async (path: string): Promise<string> => {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(2_000) });
      return (await answer.text()).trim();
    } catch {
      // Not up yet, stopped or gone: for whoever asks it is all the same.
      return '';
    }
  };
  if (child.pid === undefined) throw new Error('the replica has not started');
  return {
    pid: child.pid,
    credentialId: credentialIdOf(token),
    log,
    readiness: () => ask('/readyz'),
    metrics: () => ask('/metrics'),
    signal: (signal) => void child.kill(signal),
    exited,
    hasExited: () => ended,
    async discard() {
      child.kill('SIGKILL');
      await exited;
      await folder.remove();
    },
  };
}

/** Successful writes of Shares and Secrets that storage has kept, in the order of their end. */
export function writesOf(audit: readonly AuditEvent[], { credentialId }: Replica): readonly AuditEvent[] {
  return audit.filter(
    ({ verb, user, objectRef, requestURI, responseStatus }) =>
      ['create', 'update', 'patch', 'delete'].includes(verb) &&
      ['secrets', 'shares'].includes(objectRef?.resource ?? '') &&
      !requestURI.includes('dryRun') &&
      Number(responseStatus?.code) < 300 &&
      user.extra?.['authentication.kubernetes.io/credential-id']?.[0] === credentialId,
  );
}

export async function until(what: string, holds: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function collect({ stdout, stderr }: ChildProcess): () => string {
  const chunks: Buffer[] = [];
  for (const stream of [stdout, stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

function keep(child: ChildProcess, file: string): void {
  const kept = createWriteStream(file);
  for (const stream of [child.stdout, child.stderr]) stream?.pipe(kept, { end: false });
  child.once('close', (code, signal) => kept.end(`the process has ended: ${signal ?? code}\n`));
}

function credentialIdOf(token: string): string {
  const [, payload = ''] = token.split('.');
  const { jti } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { readonly jti: string };
  return `JTI=${jti}`;
}
