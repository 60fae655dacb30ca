import { readFileSync, statSync } from 'node:fs';

import type { Timers } from '../runtime/timer.ts';

/** How long a look at the file's stamp is good for. */
const lookEveryMs = 1_000;

/**
 * A file that others replace while the process runs, as kubelet does with tokens and certificates.
 * @internal
 */
export interface WatchedFile {
  /** The content, at most a second old. @throws what the file system throws when it cannot be read. */
  read(): Buffer;
  /** Reads it again now. */
  reread(): Buffer;
}

/**
 * Watches `path`. A look costs one `stat`; the file is read only when its inode, size or time has changed.
 * @internal
 */
export function watchFile(path: string, timers: Timers): WatchedFile {
  let content: Buffer | undefined;
  let stamp = '';
  let lookedMs = Number.NEGATIVE_INFINITY;

  const reread = (): Buffer => {
    const { ino, size, mtimeMs } = statSync(path);
    content = readFileSync(path);
    stamp = `${ino} ${size} ${mtimeMs}`;
    lookedMs = timers.elapsedMs();
    return content;
  };

  return {
    reread,
    read() {
      const now = timers.elapsedMs();
      if (content !== undefined && now - lookedMs < lookEveryMs) return content;
      const { ino, size, mtimeMs } = statSync(path);
      lookedMs = now;
      return content !== undefined && stamp === `${ino} ${size} ${mtimeMs}` ? content : reread();
    },
  };
}
