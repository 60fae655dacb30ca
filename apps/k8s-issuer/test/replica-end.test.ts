import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { controlPlane, guardChild, isLiveProcess, requireEngine, temporaryFolder } from '@valetkey/testbed';
import { beforeAll, expect, inject, onTestFinished, test, vi } from 'vitest';

import { installBase } from './issuer-under-test.ts';

const kubernetes = requireEngine(inject('engines'), 'kubernetes');

/** What a soak is to its replicas: the process that has started them. */
const program = `
import { startReplica } from ${JSON.stringify(new URL('replica.ts', import.meta.url).href)};

const { pid, readiness } = await startReplica(JSON.parse(process.env.CLUSTER));
while (!(await readiness()).startsWith('ok')) await new Promise((resolve) => setTimeout(resolve, 100));
console.log(pid);
setInterval(() => undefined, 1000);
`;

beforeAll(() => installBase(controlPlane(kubernetes)));

test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  'a replica at work ends, and its token goes, when %s ends the process that started it',
  { timeout: 120_000 },
  async (signal) => {
    const folder = await temporaryFolder('replica-end');
    onTestFinished(() => folder.remove());
    const { parent, pid } = await startParent(folder.path);
    expect([isLiveProcess(pid), readdirSync(folder.path).length]).toEqual([true, 1]);
    parent.kill(signal);
    await vi.waitFor(
      () => expect([isLiveProcess(pid), readdirSync(folder.path).length]).toEqual([false, 0]),
      { timeout: 15_000, interval: 50 },
    );
  },
);

async function startParent(
  temporary: string,
): Promise<{ readonly parent: ChildProcess; readonly pid: number }> {
  const args = ['--conditions=@valetkey/source', '--input-type=module', '--eval', program];
  const parent = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], TMPDIR: temporary, CLUSTER: JSON.stringify(kubernetes) },
    detached: true,
  });
  guardChild(parent);
  const lines = createInterface({ input: parent.stdout });
  const [line] = (await once(lines, 'line', { signal: AbortSignal.timeout(90_000) })) as [string];
  return { parent, pid: Number(line) };
}
