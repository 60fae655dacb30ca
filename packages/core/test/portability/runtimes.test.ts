/// <reference types="node" />
/** The portable entry points in every runtime that they are for: the same answers, to the byte. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

import { connectChromium, obtainNode22, requireEngine, startWorkerd } from '@valetkey/testbed';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

import { bundle } from './bundle.ts';
import { runVectors, type Answers } from './run-vectors.ts';

const published: { readonly vectors: readonly { readonly name: string; readonly url: string }[] } =
  createRequire(import.meta.url)('../../vectors/sigv4-presign-vectors.json');
const [forNode, portable] = await Promise.all([bundle('node'), bundle('portable')]);
const expected = runVectors();

test('the answers hold every published URL, every verdict and every refusal', () => {
  for (const { name, url } of published.vectors) {
    expect(expected[`url ${name}`]).toBe(url);
    expect(expected[`verdict ${name}`]).toContain('"valid":true');
    expect(expected[`shown ${name}`]).not.toMatch(/X-Amz-Signature=[0-9a-f]/);
  }
  expect(expected['trap lifetime-zero']).toBe('invalid-lifetime');
  expect(Object.values(expected)).not.toContain('was signed');
  expect(Object.keys(expected).length).toBeGreaterThan(400);
});

test('one bundle uses the hashes of Node, the other nothing of Node at all', () => {
  expect(forNode).toContain('node:crypto');
  expect(portable).not.toContain('node:');
});

describe('Node', () => {
  test.each([
    ['24, with its own hashes', () => process.execPath, forNode],
    ['24, portable', () => process.execPath, portable],
    ['22, with its own hashes', obtainNode22, forNode],
    ['22, portable', obtainNode22, portable],
  ] as const)('%s', async (title, program, code) => {
    const { version, answers } = runInNode(await program(), code);
    expect(version).toMatch(new RegExp(`^v${title.slice(0, 2)}\\.`));
    expect(answers).toEqual(expected);
  });
});

test('workerd, the runtime of Cloudflare Workers', async () => {
  const worker = await startWorkerd({
    'worker.js': `import { runVectors } from './bundle.js';
export default { fetch: () => Response.json({ agent: navigator.userAgent, node: typeof process, answers: runVectors() }) };`,
    'bundle.js': portable,
  });
  onTestFinished(worker.stop);
  const response = await fetch(worker.endpoint);
  expect(await response.json()).toEqual({
    agent: 'Cloudflare-Workers',
    node: 'undefined',
    answers: expected,
  });
});

test('Chromium', async () => {
  const browser = await connectChromium(requireEngine(inject('engines'), 'chromium'));
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const answers = await page.evaluate(`(async () => {
    const url = URL.createObjectURL(new Blob([${JSON.stringify(portable)}], { type: 'text/javascript' }));
    return (await import(url)).runVectors();
  })()`);
  expect(answers).toEqual(expected);
});

function runInNode(program: string, code: string): { readonly version: string; readonly answers: Answers } {
  const source = `${code}\nprocess.stdout.write(JSON.stringify({ version: process.version, answers: runVectors() }));`;
  const { stdout, stderr, status } = spawnSync(program, ['--input-type=module', '-'], {
    input: source,
    encoding: 'utf8',
    env: {},
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`node ended with ${String(status)}: ${stderr}`);
  return JSON.parse(stdout);
}
