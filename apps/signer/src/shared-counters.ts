import { toRateCounter, type RateCounter, type RateCounterTerms } from '@valetkey/http-handler';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { RateLimiterRedis } from 'rate-limiter-flexible';

import type { Metrics } from './metrics.ts';
import type { RedisPlace } from './settings.ts';

/** A caller waits no longer than this for a count. */
const commandMs = 500;
/** A connection that has been silent for so long is given up: whoever was at its end may have vanished without a word. */
const silentMs = 1000;
const connectMs = 2000;
const maxPauseMs = 2000;

/** Counters in Valkey or Redis. */
export interface SharedCounters {
  readonly create: (terms: RateCounterTerms) => Required<RateCounter>;
  /** Resolves when there is a connection, or when it has been waited for long enough. */
  readonly connected: Promise<void>;
  readonly close: () => void;
}

/**
 * Connects to Valkey or Redis, and again whenever the connection is lost. Counting rejects at once while there is
 * none.
 */
export function connectCounters(
  { url, password, ca }: RedisPlace,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Pick<Metrics, 'countsAlone'> },
): SharedCounters {
  const client = new Redis(url, {
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { tls: { ca } }),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandMs,
    socketTimeout: silentMs,
    connectTimeout: connectMs,
    retryStrategy: (attempt) => Math.min(attempt * 100, maxPauseMs),
  });
  let isAway = false;
  const onAway = (err: unknown): void => {
    if (!isAway) logger.error({ err }, 'rate limits are counted by each replica alone');
    isAway = true;
    metrics.countsAlone(true);
  };
  const onThere = (): void => {
    if (isAway) logger.info('rate limits are counted together again');
    isAway = false;
    metrics.countsAlone(false);
  };
  client.on('error', onAway);
  client.on('ready', onThere);
  const connected = new Promise<void>((resolve) => {
    client.once('ready', resolve);
    setTimeout(resolve, connectMs).unref();
  });
  const told = async <Result>(asked: Promise<Result>): Promise<Result> => {
    try {
      const answer = await asked;
      onThere();
      return answer;
    } catch (error) {
      onAway(error);
      throw error;
    }
  };
  return {
    create: ({ name, count, windowSeconds }) => {
      const limiter = new RateLimiterRedis({
        storeClient: client,
        keyPrefix: `valetkey:${name}:${count}/${windowSeconds}`,
        points: count,
        duration: windowSeconds,
        rejectIfRedisNotReady: true,
      });
      const { take, paid } = toRateCounter(limiter);
      return {
        take: (who, points) => told(take(who, points)),
        paid: { has: (what) => told(paid.has(what)), add: (what) => told(paid.add(what)) },
      };
    },
    connected,
    close: () => client.disconnect(),
  };
}
