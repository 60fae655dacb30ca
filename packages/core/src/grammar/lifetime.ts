import { ValetkeyError } from '../errors.ts';
import { quote } from './quote.ts';

/**
 * The longest life Signature Version 4 gives a presigned URL: seven days, in seconds.
 * @public
 */
export const maxLifetimeSeconds = 604_800;

/**
 * A lifetime in whole seconds, 1…604800.
 * @throws ValetkeyError `invalid-lifetime` for anything else: zero, negative, fractional, NaN, Infinity, text
 * @public
 */
export function parseLifetimeSeconds(input: unknown, field: string): number {
  if (typeof input === 'number' && Number.isInteger(input) && input >= 1 && input <= maxLifetimeSeconds) {
    return input;
  }
  throw new ValetkeyError('invalid-lifetime', {
    field,
    expected: `a whole number of seconds from 1 to ${maxLifetimeSeconds} (7 days)`,
    got: quote(input),
  });
}
