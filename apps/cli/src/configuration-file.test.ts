import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { memoryIo } from '../test/memory-io.ts';
import { findConfiguration } from './configuration-file.ts';
import { run } from './run.ts';

const content = 'stores:\n  media: { profile: aws, region: eu-central-1 }\n';
let home: string;
let folder: string;

beforeEach(() => {
  home = realpathSync(mkdtempSync(path.join(tmpdir(), 'valetkey-cli-')));
  folder = path.join(home, 'project', 'deep');
  mkdirSync(folder, { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true }));

const write = (at: string, mode = 0o644) => {
  const file = path.join(at, 'valetkey.yaml');
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
};
const find = async (named?: string, userId = process.getuid?.()) => {
  const { io, written } = memoryIo({ surroundings: { folder, home, userId } });
  const found = await findConfiguration(named, io).catch((error: unknown) => error);
  return { found, stderr: written.stderr };
};

describe('a configuration', () => {
  test('that is named is read without a notice, wherever it is and whatever it is', async () => {
    const target = write(home, 0o666);
    const link = path.join(folder, 'link.yaml');
    symlinkSync(target, link);
    expect(await find(link)).toMatchObject({ found: { file: link }, stderr: '' });
  });

  test('is looked for upward, the nearest first, and the notice says which', async () => {
    const far = write(home);
    expect(await find()).toMatchObject({
      found: { file: far },
      stderr: `valetkey: note: the configuration is ${far}\n`,
    });
    const near = write(path.dirname(folder));
    expect(await find()).toMatchObject({ found: { file: near } });
  });

  test('names keys that lie beside it, whichever folder it was found from', async () => {
    const text = content.replace(' }', ', credentials: { secretFile: { path: keys.json } } }');
    writeFileSync(path.join(home, 'valetkey.yaml'), text);
    const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'canary' };
    writeFileSync(path.join(home, 'keys.json'), JSON.stringify(keys));
    const { io, written } = memoryIo({ surroundings: { folder, home } });
    expect(await run(['presign', 's3://models/a', '--store', 'media'], io)).toBe(0);
    expect(written.stdout).toContain('X-Amz-Credential=AKIAIOSFODNN7EXAMPLE');
  });

  test('above a Git root is not looked for', async () => {
    write(home);
    mkdirSync(path.join(home, 'project', '.git'));
    expect(await find()).toMatchObject({ found: { code: 'invalid-configuration', field: '--config' } });
  });

  test('above the home folder is not looked for', async () => {
    write(home);
    const { io } = memoryIo({ surroundings: { folder, home: path.join(home, 'project') } });
    await expect(findConfiguration(undefined, io)).rejects.toMatchObject({ code: 'invalid-configuration' });
  });

  test.each<[string, () => unknown, string]>([
    ['everybody may write', () => void write(folder, 0o646), 'everybody may write it'],
    [
      'is a symbolic link',
      () => symlinkSync(write(home), path.join(folder, 'valetkey.yaml')),
      'it is a symbolic link',
    ],
    ['is a folder', () => mkdirSync(path.join(folder, 'valetkey.yaml')), 'it is no regular file'],
  ])('that %s is passed over, and the next one above is taken', async (_title, plant, reason) => {
    plant();
    const above = write(path.dirname(folder));
    const { found, stderr } = await find();
    expect(found).toMatchObject({ file: above });
    expect(stderr).toContain(`is passed over: ${reason}`);
  });

  test('of another user is passed over', async () => {
    const file = write(folder);
    const other = 65_534;
    // Only root can give a file away; anybody else looks at the own one as another user would.
    if (process.getuid?.() === 0) chownSync(file, other, other);
    const { found, stderr } = await find(undefined, process.getuid?.() === 0 ? 1000 : other);
    expect(found).toMatchObject({ code: 'invalid-configuration', field: '--config' });
    expect(stderr).toContain('is passed over: another user owns it');
  });
});
