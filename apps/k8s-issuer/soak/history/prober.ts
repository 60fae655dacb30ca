/** Looks at what is published as a workload would: by using it. */
import { setTimeout as delay } from 'node:timers/promises';

import type { AdminConnection } from '../../test/admin-connection.ts';
import type { Historian, LiveUrl } from './historian.ts';

const tickMs = 1_000;
const probeEveryTicks = 10;
const urlsAtOnce = 20;
/** This far from its expiry a URL that was replaced is tried: it must still work, and later it must not. */
const marginMs = 3_000;
const nearExpiryAtOnce = 5;
const timeoutMs = 5_000;

/** A tick each second, twenty random URLs every ten, and replaced URLs around their end, until `signal` aborts. */
export async function runProber(
  historian: Historian,
  admin: AdminConnection,
  signal: AbortSignal,
): Promise<void> {
  const probes = new Set<Promise<void>>();
  const seen = new Set<string>();
  const late: LiveUrl[] = [];
  const probe = (url: LiveUrl) => {
    const running = probeOne(historian, url).finally(() => probes.delete(running));
    probes.add(running);
  };
  for (let n = 0; !signal.aborted; n += 1) {
    void tick(historian, admin);
    const live = [...historian.urls.values()].flat();
    if (n % probeEveryTicks === 0) toSample(live).forEach(probe);
    const nowMs = Date.now();
    const ending = [...historian.replacedUrls, ...live].filter(
      ({ digest, expiresMs }) =>
        !seen.has(digest) && expiresMs - nowMs > marginMs - 500 && expiresMs - nowMs < marginMs + 1_000,
    );
    for (const url of ending.slice(0, nearExpiryAtOnce)) {
      seen.add(url.digest);
      probe(url);
      late.push(url);
    }
    for (const url of late.filter(({ expiresMs }) => nowMs > expiresMs + marginMs)) {
      late.splice(late.indexOf(url), 1);
      probe(url);
    }
    await delay(tickMs);
  }
  await Promise.all(probes);
}

async function tick(historian: Historian, admin: AdminConnection): Promise<void> {
  const atMs = Date.now();
  let reachable: boolean;
  try {
    const answer = await Promise.race([admin.send('GET', '/readyz'), delay(tickMs)]);
    reachable = answer?.status === 200;
  } catch {
    // That is what is asked.
    reachable = false;
  }
  historian.write({ kind: 'tick', atMs, reachable });
}

async function probeOne(historian: Historian, { url, digest, expiresMs }: LiveUrl): Promise<void> {
  const atMs = Date.now();
  let status = 0;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    await answer.arrayBuffer();
    ({ status } = answer);
  } catch {
    // No answer is an answer to write down.
    status = 0;
  }
  historian.write({ kind: 'probe', atMs, doneMs: Date.now(), digest, expiresMs, status });
}

function toSample(urls: readonly LiveUrl[]): readonly LiveUrl[] {
  return urls
    .map((url) => ({ url, order: Math.random() }))
    .toSorted((a, b) => a.order - b.order)
    .slice(0, urlsAtOnce)
    .map(({ url }) => url);
}
