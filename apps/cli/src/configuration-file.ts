/**
 * Which `valetkey.yaml` a command reads. Nothing else is ever read from the current folder, and this only by a
 * command that needs it: a configuration says where credentials come from and where signed requests go.
 */
import { constants } from 'node:fs';
import { access, lstat, open } from 'node:fs/promises';
import path from 'node:path';
import { quote, ValetkeyError } from '@valetkey/core';
import { loadConfiguration, parseConfiguration, readOpenText, type Configuration } from '@valetkey/core/s3';
import type { Io, Surroundings } from './io.ts';
import { printable } from './printable.ts';
import { systemReason, toFileError } from './system-error.ts';

const fileName = 'valetkey.yaml';
const writableByOthers = 0o002;

/** What was read, and from where. */
export interface FoundConfiguration {
  readonly file: string;
  readonly configuration: Configuration;
}

/**
 * The configuration that `--config` names; without it the nearest `valetkey.yaml` from the working folder up to
 * the home folder, a Git root or the file system's root, told of on standard error. One that another user owns,
 * that everybody may write, or that is a symbolic link is passed over, and that is told too.
 * @throws ValetkeyError `invalid-configuration`, `unknown-field`, `invalid-policy`
 */
export async function findConfiguration(named: string | undefined, io: Io): Promise<FoundConfiguration> {
  if (named !== undefined) return { file: named, configuration: await loadConfiguration(named) };
  for (const folder of await foldersUpward(io.surroundings)) {
    const file = path.join(folder, fileName);
    const text = await readTrusted(file, io);
    if (text === undefined) continue;
    io.stderr(`valetkey: note: the configuration is ${printable(file)}\n`);
    return { file, configuration: parseConfiguration(text, file) };
  }
  throw new ValetkeyError('invalid-configuration', {
    field: '--config',
    expected: `a configuration, or a ${fileName} in the current folder or above it`,
    got: 'none',
    hint: 'Name the file with --config.',
  });
}

async function foldersUpward({ folder, home }: Surroundings): Promise<readonly string[]> {
  const folders: string[] = [];
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    folders.push(current);
    const isEnd =
      current === path.resolve(home) ||
      current === path.dirname(current) ||
      (await exists(path.join(current, '.git')));
    if (isEnd) return folders;
  }
}

/** Looked at and read through one handle, so that nobody can put another file in its place between the two. */
async function readTrusted(file: string, io: Io): Promise<string | undefined> {
  if (!(await exists(file))) return undefined;
  if ((await lstat(file)).isSymbolicLink()) return passOver(file, 'it is a symbolic link', io);
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags).catch((error: unknown) => {
    throw toFileError(error, { code: 'invalid-configuration', file, expected: 'a file that can be read' });
  });
  try {
    const status = await handle.stat();
    const { userId } = io.surroundings;
    if (!status.isFile()) return passOver(file, 'it is no regular file', io);
    if (userId !== undefined && status.uid !== userId && status.uid !== 0) {
      return passOver(file, 'another user owns it', io);
    }
    if ((status.mode & writableByOthers) !== 0) return passOver(file, 'everybody may write it', io);
    return await readOpenText(handle, { code: 'invalid-configuration', field: printable(file) });
  } finally {
    await handle.close();
  }
}

function passOver(file: string, reason: string, io: Io): undefined {
  io.stderr(`valetkey: note: ${quote(file)} is passed over: ${reason}; name it with --config to use it\n`);
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    if (systemReason(error) !== undefined) return false;
    throw error;
  }
}
