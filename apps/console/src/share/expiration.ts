/** How long a link shall live, as a number and a unit. */
import type { Limits } from '@valetkey/protocol';

import { formatDuration } from '../format.ts';

export const unitSeconds = { minutes: 60, hours: 3600, days: 86_400 } as const;

export type Unit = keyof typeof unitSeconds;

/** What is in the two fields. */
export interface Expiration {
  readonly amount: string;
  readonly unit: Unit;
}

type Lifetime = Limits['lifetimeSeconds'];

/** The policy's default, or what is allowed when that is less, in the largest unit that says it exactly. */
export function usualExpiration({ default: usual, effectiveMax }: Lifetime): Expiration {
  const seconds = Math.min(usual, effectiveMax);
  for (const unit of ['days', 'hours', 'minutes'] as const) {
    if (seconds % unitSeconds[unit] === 0) return { amount: String(seconds / unitSeconds[unit]), unit };
  }
  return { amount: String(Math.max(1, Math.floor(seconds / 60))), unit: 'minutes' };
}

/** Seconds, or what is wrong with the fields. */
export function parseExpiration(
  { amount, unit }: Expiration,
  { effectiveMax }: Lifetime,
): { readonly seconds: number } | { readonly message: string } {
  const count = /^\d{1,7}$/.test(amount.trim()) ? Number(amount) : 0;
  if (count < 1) return { message: `Enter a whole number of ${unit}, at least 1.` };
  const seconds = count * unitSeconds[unit];
  if (seconds > effectiveMax) return { message: `Enter at most ${formatDuration(effectiveMax)}.` };
  return { seconds };
}

/** What is allowed, and why no more. */
export function hintOf({ effectiveMax, limitedBy }: Lifetime): string {
  const reasons = {
    policy: 'the policy allows no more',
    store: 'the store allows no more',
    credentials: 'the credentials that sign the link end then',
  } as const;
  return `At most ${formatDuration(effectiveMax)}: ${reasons[limitedBy]}.`;
}
