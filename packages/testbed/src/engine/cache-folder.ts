import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * The absolute folder that keeps engines between runs; it need not exist yet.
 *
 * `VALETKEY_CACHE`, else `valetkey` under `XDG_CACHE_HOME`, else `~/.cache/valetkey`. An empty variable
 * counts as unset, as the XDG base directory specification asks.
 *
 * @internal
 */
export const cacheFolder = (env: NodeJS.ProcessEnv = process.env): string => {
  if (env['VALETKEY_CACHE']) return resolve(env['VALETKEY_CACHE']);
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'valetkey');
};
