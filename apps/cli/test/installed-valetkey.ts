import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const entry = new URL('../bin/valetkey-dev.ts', import.meta.url).pathname;

/** Puts a `valetkey` into the folder, as an installation would; gives the `PATH` on which it is found first. */
export function installValetkey(folder: string): string {
  const program = path.join(folder, 'valetkey');
  const node = `'${process.execPath}' --conditions=@valetkey/source`;
  writeFileSync(program, `#!/bin/sh\nexec ${node} '${entry}' "$@"\n`);
  chmodSync(program, 0o755);
  return `${folder}:${process.env['PATH'] ?? ''}`;
}
