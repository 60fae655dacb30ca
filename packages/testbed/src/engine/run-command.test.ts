import { expect, test } from 'vitest';

import { runCommand } from './run-command.ts';

const node = (script: string) => runCommand(process.execPath, ['--eval', script]);

test('resolves with standard output alone', async () => {
  expect(await node('console.log("out"); console.error("err")')).toBe('out\n');
});

test('rejects with program, exit code and the last lines of either stream', async () => {
  const script =
    'for (let i = 1; i <= 99; i++) console.log("line", i); console.error("broken"); process.exitCode = 7';
  const failure = await node(script).catch((error: Error) => error.message);
  expect(failure).toContain(`${process.execPath} ended with 7:`);
  expect(failure).toContain('broken');
  expect(failure).not.toMatch(/line 1$/m);
});

test('leaves out credentials inside an address', async () => {
  const script = 'console.error("Looking in https://user:pass@index.invalid/simple"); process.exitCode = 1';
  const failure = await node(script).catch((error: Error) => error.message);
  expect(failure).toContain('Looking in https://index.invalid/simple');
  expect(failure).not.toContain('pass');
});

test('rejects with the name of a program that does not exist', async () => {
  await expect(runCommand('no-such-program', [])).rejects.toThrow('no-such-program could not be started');
});
