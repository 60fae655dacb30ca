/** The commands of the guides, typed in a folder with the files that the guide shows. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ownerGrant, defineStore, parseInstant, presign } from '@valetkey/core';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';

import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const now = '2026-11-24T12:00:00Z';
const keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', keys.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', keys.secretAccessKey);
  for (const name of [
    'SESSION_TOKEN',
    'PROFILE',
    'REGION',
    'DEFAULT_REGION',
    'ENDPOINT_URL',
    'ENDPOINT_URL_S3',
  ])
    vi.stubEnv(`AWS_${name}`, undefined);
});
afterEach(() => vi.unstubAllEnvs());

const pages = ['sign-a-url', 'versions', 'archived-objects', 'cost-and-caching', 'write-a-policy'].map(
  (name) => {
    const text = readFileSync(new URL(`../../../docs/guides/${name}.md`, import.meta.url), 'utf8');
    const blocks = (language: string) =>
      [...text.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(
        ([, block = '']) => block,
      );
    const commands = blocks('console').flatMap((block) => block.trim().split('\n'));
    return { name, text, commands, yaml: blocks('yaml') };
  },
);

/** What is typed ends with 0, but for those that find what they look for. */
const endsWithOne = /^valetkey explain .*--answer/;

describe.each(pages)('the guide $name', ({ commands, yaml }) => {
  test.each(commands)('%s', async (line) => {
    expect(line).toMatch(/^\$ valetkey /);
    const { code, output } = await typed(line.slice(2), yaml);
    expect({ code, output }).toEqual({
      code: endsWithOne.test(line.slice(2)) ? 1 : 0,
      output: expect.stringMatching(/./),
    });
  });
});

test('what "Versions" says that explain prints, it prints', async () => {
  const { text = '', commands = [], yaml = [] } = pages.find(({ name }) => name === 'versions') ?? {};
  const said = [...text.matchAll(/`(version {2,}[^`]+)`/g)].map(([, line = '']) => line);
  const piped = commands.filter((line) => line.includes('|'));
  expect(said).toHaveLength(2);
  for (const [index, line] of piped.entries()) {
    expect((await typed(line.slice(2), yaml)).output).toContain(`${said[index]}\n`);
  }
});

/** Runs `valetkey a b | valetkey c` as a shell would, in a folder with the guide's files. */
async function typed(line: string, yaml: readonly string[]) {
  const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-guide-'));
  const before = process.cwd();
  process.chdir(folder);
  onTestFinished(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
  for (const text of yaml)
    writeFileSync(text.startsWith('tests:') ? 'policy-tests.yaml' : 'valetkey.yaml', text);
  writeFileSync('url.txt', archivedUrl());
  writeFileSync(
    'answer.xml',
    '<Error><Code>InvalidObjectState</Code><StorageClass>GLACIER</StorageClass></Error>',
  );
  let piped = '';
  let code = 0;
  for (const command of line.split(' | ')) {
    const { io, written } = memoryIo({
      stdin: piped,
      environment: process.env,
      now,
      surroundings: { folder, home: path.dirname(folder) },
    });
    code = await run(wordsOf(command).slice(1), io);
    piped = written.stdout;
  }
  return { code, output: piped };
}

function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

function archivedUrl(): string {
  const store = defineStore({ name: 'archive', profile: 'aws', region: 'eu-central-1' });
  const grant = ownerGrant(
    { method: 'GET', bucket: 'archive', key: '2019/logs.tar', lifetimeSeconds: 3600 },
    store,
  );
  return presign(grant, keys, { store, nowMs: parseInstant(now, 'now') }).reveal();
}
