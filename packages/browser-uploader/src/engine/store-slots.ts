/**
 * PUTs in flight to one origin over all uploaders of a page: the browser opens six connections to it whoever asks, and
 * a PUT that waits for one of them looks stalled.
 */
import type { Environment } from './environment.ts';
import { createSlots, type Slots } from './slots.ts';

const byOrigin = new WeakMap<Environment, Map<string, Slots>>();

/** As many as the widest of its uploaders wants. */
export function storeSlots(url: string, width: number, environment: Environment): Slots {
  const { origin } = new URL(url);
  const known = byOrigin.get(environment) ?? new Map<string, Slots>();
  byOrigin.set(environment, known);
  const slots = known.get(origin) ?? createSlots(width);
  known.set(origin, slots);
  slots.widen(width);
  return slots;
}
