import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { expect, test, vi } from 'vitest';

import { isLiveProcess } from './live-process.ts';

const from = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);

/** Starts an engine that ignores polite signals and has a child of its own; tells what must go. */
const program = `
import { readFile, writeFile } from 'node:fs/promises';
import { startEngine } from ${from('engine-process.ts')};
import { strayFiles } from ${from('stray-files.ts')};
import { temporaryFolder } from ${from('temporary-folder.ts')};

const { path: folder } = await temporaryFolder('crash');
const stray = folder + '.stray';
strayFiles([stray]);
await writeFile(stray, '');
let child = '';
const engine = await startEngine({
  name: 'stubborn',
  command: '/bin/sh',
  args: ['-c', 'trap "" TERM HUP INT; sleep 60 & echo $! > part; mv part child; wait'],
  folder,
  ready: async () => (child = await readFile(folder + '/child', 'utf8')) !== '',
});
console.log(JSON.stringify({ paths: [folder, stray], pids: [engine.pid, Number(child)] }));
setInterval(() => undefined, 1000);
`;

interface Traces {
  readonly paths: readonly string[];
  readonly pids: readonly number[];
}

const startParent = async (): Promise<{ parent: ChildProcess; traces: Traces }> => {
  const args = ['--input-type=module', '--eval', program];
  const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  return { parent, traces: JSON.parse(line) as Traces };
};

const present = ({ paths, pids }: Traces): unknown[] => [
  ...paths.filter((path) => existsSync(path)),
  ...pids.filter(isLiveProcess),
];

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'leaves no process, no folder and no file when its process is ended by %s',
  async (signal) => {
    const { parent, traces } = await startParent();
    expect(present(traces)).toEqual([...traces.paths, ...traces.pids]);
    parent.kill(signal);
    await vi.waitFor(() => expect(present(traces)).toEqual([]), { timeout: 15_000, interval: 50 });
  },
);
