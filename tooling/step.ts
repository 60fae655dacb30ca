/**
 * One command of a longer task: its name and time on one line, its output only when it fails.
 */
import { spawn } from 'node:child_process';

export interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** Its output is worth reading when it passes, too. @default false */
  readonly tell?: boolean;
}

/** Whether every step passed. A failing step does not keep the later ones from telling what they found. */
export async function runSteps(steps: readonly Step[]): Promise<boolean> {
  let allPassed = true;
  for (const step of steps) {
    const startedAt = performance.now();
    const { code, output } = await run(step);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${step.name} (${seconds} s)\n`);
    if (code === 0 && step.tell === true) process.stdout.write(output.replaceAll(/^(?=.)/gm, '     '));
    if (code !== 0) {
      allPassed = false;
      process.stdout.write(`$ ${step.command.join(' ')}\n${output}\n`);
    }
  }
  return allPassed;
}

function run(step: Step): Promise<{ readonly code: number; readonly output: string }> {
  const [file, ...args] = step.command;
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...step.env },
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }));
  });
}
