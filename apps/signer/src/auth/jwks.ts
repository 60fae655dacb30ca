/** An issuer's public keys, fetched when they are needed. RFC 7517. */
import { quote, ValetkeyError, type Clock } from '@valetkey/core';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

/** Keys are asked for again after this long, while those that are there are still believed. */
const freshMs = 5 * 60_000;
/** Without an answer of the issuer, good or bad, for this long nobody is believed before it is asked again. */
const believedMs = 10 * 60_000;
/** A key that is not known makes the set be fetched again, at most once in this time. */
const cooldownMs = 30_000;
/** Without any keys nobody is let in: asked again sooner. */
const emptyCooldownMs = 1000;
const deadlineMs = 5000;
const maxBytes = 256 * 1024;

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

/** What the keys are fetched with. */
export interface JwksParts {
  readonly clock: Clock;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** The set could not be had; the last good one, if any, stays. */
  readonly onFailure: (error: ValetkeyError) => void;
}

/**
 * Finds the key that a token was signed with. One that is known is given at once; only for one that is not, and for the
 * first after a long silence, the issuer is waited for. While it does not answer, the last good keys stay.
 * The key it gives rejects with `identity-unavailable` as long as there have never been any.
 */
export function createJwks(url: string, { clock, fetch, onFailure }: JwksParts): JWTVerifyGetKey {
  let keys: JWTVerifyGetKey | undefined;
  let fetchedAtMs = -Infinity;
  let triedAtMs = -Infinity;
  let answeredAtMs = -Infinity;
  let running: Promise<void> | undefined;

  const load = async (): Promise<void> => {
    triedAtMs = clock.now();
    try {
      keys = createLocalJWKSet(await fetchJwks(url, fetch));
      fetchedAtMs = clock.now();
    } catch (cause) {
      onFailure(unavailable(url, cause));
    } finally {
      answeredAtMs = clock.now();
    }
  };
  const refresh = (): Promise<void> =>
    (running ??= load().finally(() => {
      running = undefined;
    }));
  const mayTry = () => clock.now() - triedAtMs >= (keys === undefined ? emptyCooldownMs : cooldownMs);

  return async (header, token) => {
    const nowMs = clock.now();
    if (nowMs - fetchedAtMs >= freshMs && (running !== undefined || mayTry())) {
      const refreshed = refresh();
      if (keys === undefined || nowMs - answeredAtMs >= believedMs) await refreshed;
    }
    if (keys === undefined) throw unavailable(url);
    try {
      return await keys(header, token);
    } catch (error) {
      const mayCome = running !== undefined || mayTry();
      if (!(error instanceof errors.JWKSNoMatchingKey) || !mayCome) throw error;
      await refresh();
      return keys(header, token);
    }
  };
}

async function fetchJwks(url: string, fetch: JwksParts['fetch']): Promise<JSONWebKeySet> {
  const response = await fetch(url, {
    headers: { accept: 'application/jwk-set+json, application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(deadlineMs),
  });
  const text = await readBounded(response);
  if (!response.ok) throw new TypeError(`expected status 200, got ${response.status}`);
  return keySet.parse(JSON.parse(text));
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new TypeError(`expected at most ${maxBytes} bytes of keys`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unavailable(url: string, cause?: unknown): ValetkeyError {
  return new ValetkeyError('identity-unavailable', {
    field: quote(url),
    expected: "the issuer's keys",
    got: cause instanceof Error ? `${cause.name}: ${cause.message}` : 'none so far',
    cause,
  });
}
