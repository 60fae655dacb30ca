import { createHash } from 'node:crypto';

import type { Timers } from '../runtime/timer.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { watchFile } from './watched-file.ts';

/** What a connection to the API server is made with. */
interface TlsOptions {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/**
 * Certificates and key as they are now, and a digest that differs as soon as one of them does.
 * @internal
 */
export interface TlsMaterial {
  readonly options: TlsOptions;
  readonly digest: string;
}

/**
 * Gives the current cluster's and user's certificates, read again when their files change.
 * @internal
 */
export function watchTlsMaterial(config: ClusterAccess, timers: Timers): () => TlsMaterial {
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  const ca = toSource(cluster?.caFile, cluster?.caData, timers);
  const cert = toSource(user?.certFile, user?.certData, timers);
  const key = toSource(user?.keyFile, user?.keyData, timers);
  const fixed = {
    ...(cluster?.tlsServerName === undefined ? {} : { servername: cluster.tlsServerName }),
    ...(cluster?.skipTLSVerify === true ? { rejectUnauthorized: false } : {}),
  };
  let known: TlsMaterial | undefined;
  let knownFrom: (Buffer | undefined)[] = [];
  return () => {
    const parts = [ca(), cert(), key()];
    if (known !== undefined && parts.every((part, index) => part === knownFrom[index])) return known;
    knownFrom = parts;
    known = { options: { ...fixed, ...toOptions(parts) }, digest: toDigest(parts) };
    return known;
  };
}

function toOptions([ca, cert, key]: (Buffer | undefined)[]): TlsOptions {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

function toDigest(parts: readonly (Buffer | undefined)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part?.length ?? -1} `).update(part ?? '');
  return hash.digest('hex');
}

function toSource(
  path: string | undefined,
  data: string | undefined,
  timers: Timers,
): () => Buffer | undefined {
  if (path !== undefined && path !== '') {
    const file = watchFile(path, timers);
    return () => file.read();
  }
  const content = data === undefined || data === '' ? undefined : Buffer.from(data, 'base64');
  return () => content;
}
