import { parseDurationSeconds, parseLifetimeSeconds, quote, ValetkeyError } from '@valetkey/core';

/**
 * Seconds of a lifetime as people type it: plain seconds, hours with minutes and seconds, or whole days.
 * @throws ValetkeyError `invalid-lifetime`
 */
export function parseLifetimeOption(text: string, field: string): number {
  if (/^-?\d{1,9}$/.test(text)) return parseLifetimeSeconds(Number(text), field);
  const days = /^(\d{1,3})d$/.exec(text)?.[1];
  if (days !== undefined) return parseLifetimeSeconds(Number(days) * 86_400, field);
  try {
    return parseLifetimeSeconds(parseDurationSeconds(text, field), field);
  } catch (error) {
    throw new ValetkeyError('invalid-lifetime', {
      field,
      expected: 'seconds (3600), a duration (90m, 1h30m) or days (7d), from 1 second to 7 days',
      got: quote(text),
      cause: error,
    });
  }
}
