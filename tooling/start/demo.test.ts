import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

import { connectChromium, requireEngine } from '@valetkey/testbed';
import { expect, inject, onTestFinished, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

/** What was printed, once it says Ready. */
async function startDemo() {
  const child = spawn(process.execPath, ['--conditions=@valetkey/source', 'tooling/start.ts'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  const ended = once(child, 'close');
  const ready = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (/^Ready/m.test(output)) resolve();
      });
    }
    child.once('close', () => reject(new Error(`npm start ended: ${output}`)));
  });
  await ready;
  const stop = async () => {
    child.kill('SIGINT');
    await ended;
    return child.exitCode;
  };
  return { output, stop };
}

test('npm start prints the console first of all; it and the page of another origin upload; Ctrl-C stops all', async () => {
  const { output, stop } = await startDemo();
  const [, console = '', example = ''] = /browser:\n {2}(http:\S+)\n.*\n {2}(http:\S+)\n/.exec(output) ?? [];
  expect(output.indexOf(console)).toBeLessThan(output.indexOf('curl'));
  const browser = await connectChromium(requireEngine(inject('engines'), 'chromium'));
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const upload = async (name: string) => {
    const files = [{ name, mimeType: 'text/plain', buffer: Buffer.from('hello') }];
    await page.locator('.uppy-Dashboard-input').first().setInputFiles(files);
    await page.getByRole('button', { name: 'Upload 1 file' }).click();
  };

  await page.goto(example);
  await upload('from-example.txt');
  await page.getByText('from-example.txt is in the bucket as uploads/from-example.txt').waitFor();
  await page.goto(console);
  await upload('from-console.txt');
  await page.getByRole('radio', { name: 'from-console.txt' }).waitFor();
  await page.getByRole('radio', { name: 'from-example.txt' }).waitFor();
  await page.getByRole('link', { name: 'models' }).click();
  await page.getByRole('button', { name: 'vision/' }).click();
  await page.getByRole('button', { name: 'v3/' }).click();
  await page.getByRole('radio', { name: 'weights.bin' }).waitFor();

  expect(await stop()).toBe(0);
  await expect(fetch(console)).rejects.toThrow();
  await expect(fetch(example)).rejects.toThrow();
}, 120_000);
