/**
 * Asks, Share after Share, whether its Secret is still as it was written. The issuer cannot read Secrets, so it asks
 * with a dry run of a PUT without data, fenced by uid and resourceVersion. See docs/adr/0002-secrets-without-read.md.
 */
import { parseInstant, type Clock } from '@valetkey/core';
import { secretNameOf, toEmptySecret, type Share } from '@valetkey/share';
import type { Controller } from '../../runtime/controller.ts';
import { toObjectKey } from '../../runtime/object-key.ts';
import { wait, type Timers } from '../../runtime/timer.ts';
import type { ShareApi } from './share-api.ts';
import type { CachedShare, ShareCaches } from './share-caches.ts';
import type { ShareMemory } from './share-memory.ts';

/** At most five probes a second, whatever there is to probe; together, since each waking costs as much as a probe. */
const atOnce = 5;
const spacingMs = 1_000;
/** A Share is probed at most this often, so 100 Shares take a round of this length. */
const roundMs = 30_000;

/** What probing needs. */
export interface DriftProbeOptions {
  readonly caches: ShareCaches;
  readonly memory: ShareMemory;
  readonly api: Pick<ShareApi, 'probeSecret'>;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Asks for a visit to a Share whose Secret is not as it was. */
  readonly add: (key: string) => void;
  /** Told of each probe. It must not throw. */
  readonly onProbe: (result: 'untouched' | 'changed' | 'gone' | 'failed') => void;
  readonly onError: (key: string, error: unknown) => void;
}

/** Creates the probe; it goes round until it is shut down. */
export function createDriftProbe(options: DriftProbeOptions): Controller {
  const { caches, clock, timers } = options;
  const stop = new AbortController();
  const round = async (): Promise<void> => {
    let some: Share[] = [];
    for (const key of caches.shares.keys()) {
      const share = caches.shares.get(key);
      if (share === undefined || !isPublished(share, clock.now())) continue;
      some.push(share);
      if (some.length < atOnce) continue;
      const startMs = timers.elapsedMs();
      await Promise.all(some.map((one) => probe(options, one)));
      some = [];
      await wait(timers, Math.max(startMs + spacingMs - timers.elapsedMs(), 0), stop.signal);
      if (stop.signal.aborted) return;
    }
    await Promise.all(some.map((one) => probe(options, one)));
  };
  return {
    name: 'drift-probe',
    async run() {
      while (!stop.signal.aborted) {
        const startMs = timers.elapsedMs();
        await round();
        await wait(timers, Math.max(startMs + roundMs - timers.elapsedMs(), spacingMs), stop.signal);
      }
    },
    shutDown: () => stop.abort(),
  };
}

/** A Secret that nobody relies on need not be as it was. That of a suspended Share is not written anew, but told of. */
function isPublished(share: CachedShare, nowMs: number): share is Share {
  const { deletionTimestamp } = share.metadata;
  const expirationTime = share.status?.expirationTime;
  return (
    share.kind === 'Share' &&
    deletionTimestamp === undefined &&
    share.status?.secretRef !== undefined &&
    expirationTime !== undefined &&
    parseInstant(expirationTime, 'expirationTime') > nowMs
  );
}

async function probe(options: DriftProbeOptions, share: Share): Promise<void> {
  const { caches, memory, api, add, onProbe, onError } = options;
  const key = toObjectKey(share);
  const known = share.status?.secretRef;
  if (known === undefined || memory.isStale(key, share)) return;
  if (memory.withdrawalOf(key, share) !== undefined) return;
  try {
    const { uid, resourceVersion } = known;
    const result = await api.probeSecret(toEmptySecret(share, secretNameOf(share)), { uid, resourceVersion });
    onProbe(result);
    // A write of our own may have overtaken the probe.
    const isNews =
      caches.shares.get(key)?.status?.secretRef?.resourceVersion === resourceVersion &&
      memory.withdrawalOf(key, share) === undefined;
    if (result === 'untouched' || !isNews) return;
    memory.drifted(key, resourceVersion);
    add(key);
  } catch (error) {
    onProbe('failed');
    onError(key, error);
  }
}
