import { parseInstant, ValetkeyError } from '@valetkey/core';
import { z } from 'zod';

/**
 * An RFC 3339 instant that the calendar has: who reads it later must not be surprised by one that it has not.
 * @internal
 */
export const instantField = () =>
  z
    .string()
    .max(40)
    .check(
      z.refine(isInstant, {
        error: 'must be an RFC 3339 instant such as 2027-01-31T00:00:00Z',
      }),
    )
    .meta({ format: 'date-time' });

function isInstant(text: string): boolean {
  try {
    parseInstant(text, 'instant');
    return true;
  } catch (error) {
    if (error instanceof ValetkeyError) return false;
    throw error;
  }
}
