/** The completion script in a real bash. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { toCompletionTree } from '../src/completion/completion-tree.ts';
import { createProgram, run } from '../src/run.ts';
import { installValetkey } from './installed-valetkey.ts';
import { memoryIo } from './memory-io.ts';

const execute = promisify(execFile);
const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-completion-'));
let searchPath = '';
const shells = ['bash', 'zsh', 'fish'] as const;

async function scriptFor(shell: string): Promise<string> {
  const { io, written } = memoryIo();
  expect(await run(['completion', shell], io)).toBe(0);
  return written.stdout;
}

beforeAll(async () => {
  writeFileSync(path.join(folder, 'completion.bash'), await scriptFor('bash'));
  searchPath = installValetkey(folder);
  const store = '{ profile: s3, endpoint: "https://s3.internal", region: r1 }';
  writeFileSync(
    path.join(folder, 'stores.yaml'),
    `stores:\n  media: ${store}\n  models: ${store}\n  "$(touch pwned)": ${store}\n`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash would offer when TAB is pressed at the end of the line. */
async function complete(line: string): Promise<readonly string[]> {
  const ask =
    'source completion.bash; COMP_LINE=$1 COMP_POINT=${#1}; _valetkey; printf "%s\\n" "${COMPREPLY[@]}"';
  const { stdout, stderr } = await execute('bash', ['--norc', '-c', ask, 'bash', line], {
    cwd: folder,
    env: { PATH: searchPath, HOME: folder },
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((offer) => offer !== '');
}

describe('in bash, TAB after', () => {
  test.each([
    ['valetkey pre', ['presign']],
    ['valetkey presign --http-', ['--http-method']],
    ['valetkey presign --http-method ', ['GET', 'HEAD', 'PUT', 'DELETE']],
    ['valetkey presign --http-method=P', ['PUT']],
    ['valetkey presign s3://models/a --http-method D', ['DELETE']],
    ['valetkey policy ', ['compile', 'explain', 'lint', 'test']],
    ['valetkey policy compile ', ['signer', 'guard', 'cors', 'lifecycle']],
    ['valetkey policy lint --config stor', ['stores.yaml']],
    ['valetkey policy test stor', ['stores.yaml']],
    ['valetkey presign ', []],
    ['valetkey presign --store policy --qr --http-method H', ['HEAD']],
    ['valetkey completion z', ['zsh']],
    ['valetkey nothing-like-this', []],
    ['valetkey completion-n', []],
  ])('%s', async (line, offers) => {
    expect(await complete(line)).toEqual(offers);
  });

  test('a flag that wants a store: the names of the configuration, but those that a shell would obey', async () => {
    expect(await complete('valetkey doctor --config stores.yaml --store m')).toEqual(['media', 'models']);
    expect(await complete('valetkey doctor --config missing.yaml --store ')).toEqual([]);
    expect(existsSync(path.join(folder, 'pwned'))).toBe(false);
  });

  test('what would run in a shell: it is never run', async () => {
    expect(await complete('valetkey presign $(touch pwned) `touch pwned`; --http-')).toEqual([
      '--http-method',
    ]);
    expect(await complete('valetkey presign --http-method $(touch pwned)')).toEqual([]);
    expect(existsSync(path.join(folder, 'pwned'))).toBe(false);
  });
});

test.each(shells)('the script for %s knows every command and flag that the help shows', async (shell) => {
  const script = await scriptFor(shell);
  const words = toCompletionTree(createProgram(memoryIo().io)).flatMap(({ commands, flags }) => [
    ...commands.map(({ name }) => name),
    ...flags.flatMap(({ names }) => names.map((name) => name.replace(/^-+/, ''))),
  ]);
  expect(words.length).toBeGreaterThan(60);
  expect(words.filter((word) => !script.includes(word))).toEqual([]);
});

test('a shell that is not known ends with 2 and names those that are', async () => {
  const { io, written } = memoryIo();
  expect(await run(['completion', 'tcsh'], io)).toBe(2);
  expect(written.stderr).toContain('Allowed choices are bash, zsh, fish');
});
