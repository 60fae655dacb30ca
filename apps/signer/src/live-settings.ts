/** Settings that follow their files while the service runs. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import type { Settings } from './settings.ts';

/**
 * The files are read this often. Notifications of the system miss just the change that matters: a mounted ConfigMap
 * whose symbolic link the kubelet turns to a new folder.
 */
const everyMs = 1000;

/** What happens to settings. */
export interface LiveSettingsParts {
  /** Reads them anew; rejects when they are broken. */
  readonly load: () => Promise<Settings>;
  /** Puts them in force, all or nothing. */
  readonly apply: (settings: Settings) => void;
  readonly onApplied: () => void;
  /** The last good ones stay. */
  readonly onRefused: (error: unknown) => void;
}

/** Handle on what is followed. */
export interface LiveSettings {
  /** Reads the files now, whether they have changed or not. */
  readonly reload: () => Promise<void>;
  readonly stop: () => void;
}

/**
 * Puts settings in force and follows their file and its secrets from then on. Changes that come while one is read
 * are read together after it.
 * @throws ValetkeyError as `load`, the first time
 */
export async function followSettings(
  file: string,
  { load, apply, onApplied, onRefused }: LiveSettingsParts,
): Promise<LiveSettings> {
  const filesOf = ({ server: { secrets, receipts } }: Settings) => [
    file,
    secrets.file,
    ...(receipts === undefined ? [] : [receipts.keyFile]),
  ];
  let files = filesOf(await load());
  // Before they are read: what changes from now on is not what is read.
  let seen = await digestOf(files);
  apply(await load());
  let running: Promise<void> = Promise.resolve();
  let isWaiting = false;

  const read = async (): Promise<void> => {
    isWaiting = false;
    seen = await digestOf(files);
    try {
      const settings = await load();
      apply(settings);
      if (filesOf(settings).join('\n') !== files.join('\n')) {
        files = filesOf(settings);
        seen = await digestOf(files);
      }
      onApplied();
    } catch (error) {
      onRefused(error);
    }
  };
  const reload = (): Promise<void> => {
    if (!isWaiting) {
      isWaiting = true;
      running = running.then(read);
    }
    return running;
  };
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    await running;
    if ((await digestOf(files)) !== seen) await reload();
    if (!isStopped) timer = setTimeout(() => void look(), everyMs).unref();
  };
  timer = setTimeout(() => void look(), everyMs).unref();
  return {
    reload,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** Of what the files hold now; a file that cannot be read is a content of its own. */
async function digestOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    const content = await readFile(file).catch((error: NodeJS.ErrnoException) => error.code ?? error.name);
    hash.update(createHash('sha256').update(content).digest());
  }
  return hash.digest('hex');
}
