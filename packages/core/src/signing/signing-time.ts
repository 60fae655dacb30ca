import { ValetkeyError } from '../errors.ts';
import { quote } from '../grammar/quote.ts';

const maxBackdateSeconds = 60;

/**
 * Seconds by which a signature may be dated back.
 * @throws ValetkeyError `invalid-lifetime`
 */
export function checkBackdate(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= maxBackdateSeconds) return seconds;
  throw new ValetkeyError('invalid-lifetime', {
    field: 'backdateSeconds',
    expected: `a whole number of seconds from 0 to ${maxBackdateSeconds}`,
    got: quote(seconds),
  });
}
