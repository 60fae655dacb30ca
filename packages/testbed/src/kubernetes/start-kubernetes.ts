import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { startEngine, type EngineProcess } from '../engine/engine-process.ts';
import { freePorts } from '../engine/free-port.ts';
import type { Report } from '../engine/report.ts';
import { temporaryFolder } from '../engine/temporary-folder.ts';
import type { ControlPlaneDescription } from './control-plane-description.ts';
import { type AuditEvent, auditFlags, prepareAudit, readAuditLog } from './audit-log.ts';
import { controlPlane } from './control-plane.ts';
import { etcdFaults, type EtcdFaults } from './etcd-faults.ts';
import { toKubeconfig } from './kubeconfig.ts';
import { obtainKubernetes, type KubernetesPrograms } from './kubernetes-install.ts';

/** A control plane for as long as it is needed. @internal */
export interface ControlPlaneEngine {
  readonly description: ControlPlaneDescription;
  readonly stop: () => Promise<void>;
  /** Every request so far as the API server itself recorded it, without bodies; empty when not asked for. */
  readonly audit: () => Promise<readonly AuditEvent[]>;
  /** The API server alone: what it stored stays in etcd. */
  readonly apiServer: {
    readonly kill: () => Promise<void>;
    /** With these flags beside its own, for as long as it runs. */
    readonly start: (moreFlags?: readonly string[]) => Promise<void>;
  };
  readonly etcd: EtcdFaults;
}

interface Layout {
  readonly folder: string;
  readonly ports: {
    readonly etcd: number;
    readonly peer: number;
    readonly api: number;
    readonly manager: number;
  };
  readonly adminToken: string;
  readonly auditLog: string | undefined;
}

/**
 * Resolves when etcd, kube-apiserver and kube-controller-manager (garbage collector, namespaces, service
 * accounts) run on loopback with fresh data. No scheduler and no nodes: pods stay pending.
 *
 * @throws MissingEngine as `obtainKubernetes` does.
 * @throws Error with the tail of a log when one of them does not come up.
 *
 * @internal
 */
export const startKubernetes = async ({
  report,
  withAudit = false,
}: {
  readonly report: Report;
  /** Keeps an audit log. @default false */
  readonly withAudit?: boolean;
}): Promise<ControlPlaneEngine> => {
  const programs = await obtainKubernetes(report);
  const folder = await temporaryFolder('kubernetes');
  const running: EngineProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const engine of running.splice(0).toReversed()) await engine.stop();
    await folder.remove();
  };
  try {
    const layout = await prepare(folder.path, withAudit);
    const etcd = await startEtcd(programs, layout);
    running.push(etcd);
    let api = await startApiServer(programs, layout, []);
    running.push(api);
    const description = await describe(programs, layout);
    running.push(await startControllerManager(programs, layout, description));
    const kill = async () => {
      process.kill(api.pid, 'SIGKILL');
      await api.exited;
    };
    const start = async (moreFlags: readonly string[] = []) => {
      running.splice(running.indexOf(api), 1, (api = await startApiServer(programs, layout, moreFlags)));
    };
    const audit = () => readAuditLog(layout.auditLog);
    return {
      description,
      stop,
      audit,
      apiServer: { kill, start },
      etcd: etcdFaults(etcd, layout.ports.etcd),
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

const prepare = async (folder: string, withAudit: boolean): Promise<Layout> => {
  const [etcd = 0, peer = 0, api = 0, manager = 0] = await freePorts(4);
  const adminToken = randomBytes(24).toString('hex');
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  await mkdir(join(folder, 'etcd'), { mode: 0o700 });
  await writeFile(join(folder, 'sa.pub'), publicKey);
  await writeFile(join(folder, 'sa.key'), privateKey, { mode: 0o600 });
  await writeFile(join(folder, 'tokens.csv'), `${adminToken},admin,admin,"system:masters"\n`, {
    mode: 0o600,
  });
  const auditLog = withAudit ? await prepareAudit(folder) : undefined;
  return { folder, ports: { etcd, peer, api, manager }, adminToken, auditLog };
};

const startEtcd = ({ etcd }: KubernetesPrograms, { folder, ports }: Layout): Promise<EngineProcess> => {
  const [client, peer] = [`http://127.0.0.1:${ports.etcd}`, `http://127.0.0.1:${ports.peer}`];
  return startEngine({
    name: 'etcd',
    command: etcd,
    args: [
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      // The data lives no longer than the run.
      '--unsafe-no-fsync',
    ],
    folder,
    ready: async () => (await fetch(`${client}/health`)).ok,
  });
};

const startApiServer = (
  { kubeApiserver }: KubernetesPrograms,
  layout: Layout,
  moreFlags: readonly string[],
): Promise<EngineProcess> => {
  const { folder, ports } = layout;
  return startEngine({
    name: 'kube-apiserver',
    command: kubeApiserver,
    args: [
      `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.api}`,
      `--cert-dir=${join(folder, 'certificates')}`,
      `--token-auth-file=${join(folder, 'tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--disable-admission-plugins=ServiceAccount',
      '--service-cluster-ip-range=10.0.0.0/24',
      '--endpoint-reconciler-type=none',
      '--allow-privileged=true',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${join(folder, 'sa.pub')}`,
      `--service-account-signing-key-file=${join(folder, 'sa.key')}`,
      ...auditFlags(folder, layout.auditLog),
      ...moreFlags,
    ],
    folder,
    ready: async () => {
      const description = {
        server: serverOf(layout),
        ca: await readCa(layout),
        adminToken: layout.adminToken,
      };
      const { status } = await controlPlane({ ...description, kubectl: '' }).request('GET', '/readyz');
      return status === 200;
    },
    stopGraceMs: 2000,
  });
};

const startControllerManager = async (
  { kubeControllerManager }: KubernetesPrograms,
  { folder, ports }: Layout,
  description: ControlPlaneDescription,
): Promise<EngineProcess> => {
  const kubeconfig = join(folder, 'controller-manager.kubeconfig');
  await writeFile(kubeconfig, toKubeconfig(description, description.adminToken), { mode: 0o600 });
  return startEngine({
    name: 'kube-controller-manager',
    command: kubeControllerManager,
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.manager}`,
      `--cert-dir=${join(folder, 'manager-certificates')}`,
      '--controllers=garbage-collector-controller,namespace-controller,serviceaccount-controller',
      '--leader-elect=false',
      '--use-service-account-credentials=false',
      '--min-resync-period=1h',
    ],
    folder,
    // Its health endpoint has a certificate of its own; the account it makes says as much.
    ready: async () => {
      const account = '/api/v1/namespaces/default/serviceaccounts/default';
      return (await controlPlane(description).request('GET', account)).status === 200;
    },
    stopGraceMs: 2000,
  });
};

const describe = async (programs: KubernetesPrograms, layout: Layout): Promise<ControlPlaneDescription> => ({
  server: serverOf(layout),
  ca: await readCa(layout),
  adminToken: layout.adminToken,
  kubectl: programs.kubectl,
});

const serverOf = ({ ports }: Layout): string => `https://127.0.0.1:${ports.api}`;

/** The API server signs its own certificate at its first start and keeps it. */
const readCa = ({ folder }: Layout): Promise<string> =>
  readFile(join(folder, 'certificates', 'apiserver.crt'), 'utf8');
