import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { expect, inject, onTestFinished, test, vi } from 'vitest';

import { requireEngine } from '../require-engine.ts';

const seaweedfs = JSON.stringify(new URL('seaweedfs.ts', import.meta.url).href);

const program = `
const { startSeaweedfs } = await import(${seaweedfs});
const engine = await startSeaweedfs({ report: () => undefined });
console.log(engine.description.endpoint);
setInterval(() => undefined, 1000);
`;

const answers = (endpoint: string): Promise<boolean> =>
  fetch(endpoint).then(
    () => true,
    () => false,
  );

test('SeaweedFS and its data are gone after kill -9 of the process that started it', async () => {
  requireEngine(inject('engines'), 'seaweedfs');
  const folder = await mkdtemp(join(tmpdir(), 'valetkey-crash-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [endpoint] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  expect([await answers(endpoint), (await readdir(folder)).length]).toEqual([true, 1]);

  parent.kill('SIGKILL');
  await vi.waitFor(
    async () => expect([await answers(endpoint), await readdir(folder)]).toEqual([false, []]),
    {
      timeout: 15_000,
      interval: 50,
    },
  );
}, 90_000);
