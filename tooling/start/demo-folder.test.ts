import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { freeDemoFolder, ownerFile } from './demo-folder.ts';

function cloneWithDemoOf(owner?: string): string {
  const base = mkdtempSync(path.join(tmpdir(), 'valetkey-demo-'));
  onTestFinished(() => rmSync(base, { recursive: true }));
  if (owner !== undefined) {
    mkdirSync(`${base}/.valetkey/demo`, { recursive: true });
    writeFileSync(`${base}/.valetkey/demo/${ownerFile}`, owner);
  }
  return base;
}

test('a demo beside none, beside one that ended, and beside itself has the usual folder', () => {
  const ended = spawnSync(process.execPath, ['--version']).pid;
  for (const owner of [undefined, String(ended), 'no number', '7']) {
    expect(freeDemoFolder(7, cloneWithDemoOf(owner))).toBe('.valetkey/demo');
  }
});

test('a demo beside one that runs has a folder of its own', () => {
  const running = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  onTestFinished(() => void running.kill());
  expect(freeDemoFolder(7, cloneWithDemoOf(String(running.pid)))).toBe('.valetkey/demo-7');
});
