import type { PresignedRequest } from '@valetkey/protocol';

import type { ServerClock } from './server-clock.ts';

/** A URL is renewed before a PUT when less of its life than this is left. */
const leastLifeMs = 10_000;

/** A request and how long it was good for when it came. */
export interface SignedRequest<Request extends PresignedRequest = PresignedRequest> {
  readonly request: Request;
  readonly lifeMs: number;
}

/** Takes note of a request that has just come. */
export function toSigned<Request extends PresignedRequest>(
  request: Request,
  clock: ServerClock,
): SignedRequest<Request> {
  return { request, lifeMs: clock.msUntil(request.expiresAt) };
}

/**
 * Whether a PUT that takes so long should get a fresh URL first. Some stores look at the end of the body whether
 * the URL has expired, so it should take less than half of what is left; a URL that is fresh is as good as any.
 */
export function isAging({ request, lifeMs }: SignedRequest, clock: ServerClock, expectedMs: number): boolean {
  return clock.msUntil(request.expiresAt) < Math.min(Math.max(leastLifeMs, 2 * expectedMs), 0.9 * lifeMs);
}
