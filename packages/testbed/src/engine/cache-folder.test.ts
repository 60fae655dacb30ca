import { homedir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { cacheFolder } from './cache-folder.ts';

test.each([
  [{ VALETKEY_CACHE: '/own', XDG_CACHE_HOME: '/xdg' }, '/own'],
  [{ XDG_CACHE_HOME: '/xdg' }, '/xdg/valetkey'],
  [{ VALETKEY_CACHE: '', XDG_CACHE_HOME: '' }, join(homedir(), '.cache/valetkey')],
  [{}, join(homedir(), '.cache/valetkey')],
])('%j keeps engines in %s', (env, folder) => {
  expect(cacheFolder(env)).toBe(folder);
});
