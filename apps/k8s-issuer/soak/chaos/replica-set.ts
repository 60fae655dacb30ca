/** Two replicas, each behind a network of its own that can fail. */
import { join } from 'node:path';

import { startTcpProxy, type ControlPlaneDescription, type TcpProxy } from '@valetkey/testbed';

import { startReplica, until, type Replica } from '../../test/replica.ts';

/** A replica and the network before it. */
interface Member {
  readonly replica: Replica;
  readonly proxy: TcpProxy;
}

interface ReplicaSetOptions {
  readonly cluster: ControlPlaneDescription;
  readonly flags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Folder of their logs, one file each. */
  readonly logs: string;
}

export interface ReplicaSet {
  /** Starts one more, its clock this far from the machine's. */
  readonly join: (clockOffsetSeconds?: number) => Promise<Member>;
  readonly living: () => readonly Member[];
  /** Everybody who ever was, the dead too. */
  readonly all: readonly Member[];
  readonly leader: () => Promise<Member>;
  /** The leader and the follower, once there is one of each. */
  readonly roles: () => Promise<readonly [Member, Member]>;
  /** Asks everybody to end, and waits until they have. */
  readonly end: () => Promise<void>;
  /** Ends everybody without mercy. */
  readonly stop: () => Promise<void>;
}

const fromSource = ['--conditions=@valetkey/source'];
const skewed = new URL('skewed-main.ts', import.meta.url).pathname;

/** Starts nobody yet. */
export function createReplicaSet({ cluster, flags, environment, logs }: ReplicaSetOptions): ReplicaSet {
  const all: Member[] = [];
  let joined = 0;
  const living = () => all.filter(({ replica }) => !replica.hasExited());
  const withState = async (state: string): Promise<Member | undefined> => {
    for (const member of living()) if ((await member.replica.readiness()) === state) return member;
    return undefined;
  };
  const find = async (state: string): Promise<Member> => {
    let found: Member | undefined;
    await until(
      `a replica says '${state}'`,
      async () => (found = await withState(state)) !== undefined,
      90_000,
    );
    if (found === undefined) throw new Error(`no replica says '${state}'`);
    return found;
  };

  return {
    all,
    living,
    async join(clockOffsetSeconds = 0) {
      const { port } = new URL(cluster.server);
      const proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(port) });
      const behind = { ...cluster, server: `https://127.0.0.1:${proxy.port}` };
      const replica = await startReplica(behind, flags, {
        administered: cluster,
        logFile: join(logs, `replica-${(joined += 1)}.log`),
        environment: { ...environment, CLOCK_OFFSET_SECONDS: String(clockOffsetSeconds) },
        ...(clockOffsetSeconds === 0 ? {} : { program: [...fromSource, skewed] }),
      });
      const member = { replica, proxy };
      all.push(member);
      await until('a replica is ready', async () => (await replica.readiness()).startsWith('ok'), 90_000);
      return member;
    },
    leader: () => find('ok: leading'),
    roles: async () => [await find('ok: leading'), await find('ok: standing by')],
    async end() {
      for (const { replica } of living()) replica.signal('SIGTERM');
      await Promise.all(all.map(({ replica }) => replica.exited));
    },
    async stop() {
      await Promise.all(
        all.map(async ({ replica, proxy }) => {
          await replica.discard();
          await proxy.stop();
        }),
      );
    },
  };
}
