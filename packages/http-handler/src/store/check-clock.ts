import { parseHttpDate, parseInstant, ValetkeyError } from '@valetkey/core';

import type { StoreAnswer } from './store-call.ts';

/** S3 takes requests that are dated up to 15 minutes ahead of it; a few seconds are for the way and for rounding. */
const aheadMs = 15 * 60_000 - 10_000;
/** What a store answers to a signature that it does not take, whatever the reason: HEAD has no body to tell it. */
const refusals: ReadonlySet<number> = new Set([400, 401, 403]);

/**
 * Looks whether a refusal is the doing of a clock. A store says its own time with every answer (RFC 9110, section
 * 6.6.1): a URL that had ended before the store got it, or that is dated too far ahead, is refused for nothing else.
 * @throws ValetkeyError `clock-skewed` with the difference
 */
export function checkClock(
  { status, headers }: Pick<StoreAnswer, 'status' | 'headers'>,
  /** When it was made, and when its URL ends (RFC 3339). */
  call: { readonly nowMs: number; readonly expiresAt: string },
): void {
  const storeMs = parseHttpDate(headers.get('date') ?? undefined);
  if (!refusals.has(status) || storeMs === undefined) return;
  const isEnded = storeMs >= parseInstant(call.expiresAt, 'expiresAt');
  if (!isEnded && call.nowMs - storeMs < aheadMs) return;
  const seconds = Math.round(Math.abs(call.nowMs - storeMs) / 1000);
  throw new ValetkeyError('clock-skewed', {
    field: 'clock of the signing service',
    expected: "the store's time",
    got: `${seconds} seconds ${isEnded ? 'behind' : 'ahead of'} it`,
    hint: 'Set the clock of the machine that signs; nothing can be uploaded or looked at until then.',
  });
}
