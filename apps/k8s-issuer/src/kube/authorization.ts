import type { RequestOptions } from 'node:https';

import type { User } from '@kubernetes/client-node';

import type { Timers } from '../runtime/timer.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { toJsonObject, toText } from './json-value.ts';
import { watchFile } from './watched-file.ts';

/**
 * The `Authorization` header, asked for before each request.
 * @internal
 */
export interface Authorization {
  header(): Promise<string | undefined>;
  /** The server did not take the last one: finds out whether there is another. */
  renew(): Promise<string | undefined>;
}

/**
 * Takes the current user's token from where a kubeconfig may have it: a token file (also in a cluster), the file
 * itself, a password, or a command (`exec`). Client certificates are the connection's business.
 * @internal
 */
export function toAuthorization(config: ClusterAccess, timers: Timers): Authorization {
  const user = config.getCurrentUser();
  const tokenFile = toText(toJsonObject(toJsonObject(user?.authProvider)['config'])['tokenFile']);
  if (tokenFile !== undefined) return fromTokenFile(tokenFile, timers);
  if (user?.exec !== undefined || user?.authProvider !== undefined) return fromClientNode(config);
  const header = user === null ? undefined : toFixedHeader(user);
  return { header: async () => header, renew: async () => header };
}

function fromTokenFile(path: string, timers: Timers): Authorization {
  const file = watchFile(path, timers);
  const toHeader = (content: Buffer): string => `Bearer ${content.toString('utf8').trim()}`;
  return {
    header: async () => toHeader(file.read()),
    renew: async () => toHeader(file.reread()),
  };
}

/** The kubeconfig's commands and cloud providers are client-node's; it keeps their tokens until they expire. */
function fromClientNode(config: ClusterAccess): Authorization {
  const ask = async (): Promise<string | undefined> => {
    const options: RequestOptions & { headers: Record<string, string> } = { headers: {} };
    await config.applyToHTTPSOptions(options);
    return options.headers['Authorization'];
  };
  return { header: ask, renew: ask };
}

function toFixedHeader(user: User): string | undefined {
  if (user.token !== undefined && user.token !== '') return `Bearer ${user.token}`;
  if (user.username === undefined || user.username === '') return undefined;
  return `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`;
}
