import { pathBeside } from '@valetkey/core/s3';

import type { ServerSettings } from './server-schema.ts';

/** The settings with every path of them leading from the folder of the file that they stand in. */
export function withPathsBeside(file: string, server: ServerSettings): ServerSettings {
  const beside = (named: string) => pathBeside(file, named);
  const { secrets, receipts, rateLimits, console, auth } = server;
  return {
    ...server,
    secrets: { file: beside(secrets.file) },
    ...(receipts && { receipts: { keyFile: beside(receipts.keyFile) } }),
    ...(rateLimits?.redis && { rateLimits: { redis: besideRedis(rateLimits.redis, beside) } }),
    ...(console && { console: { ...console, files: beside(console.files) } }),
    auth: auth.map((way) =>
      way.kind === 'kubernetes'
        ? { ...way, caFile: beside(way.caFile), tokenFile: beside(way.tokenFile) }
        : way,
    ),
  };
}

type Redis = NonNullable<NonNullable<ServerSettings['rateLimits']>['redis']>;

function besideRedis(redis: Redis, beside: (named: string) => string): Redis {
  const { passwordFile, caFile } = redis;
  return {
    ...redis,
    ...(passwordFile === undefined ? {} : { passwordFile: beside(passwordFile) }),
    ...(caFile === undefined ? {} : { caFile: beside(caFile) }),
  };
}
