import { parseDurationSeconds } from '@valetkey/core';
import { z } from 'zod';
import { withRules } from './rule.ts';

/** Without the pattern the API server also takes `1d`. */
const durationPattern = /^([0-9]+h)?([0-9]+m)?([0-9]+s)?$/;

/**
 * A duration of hours, minutes and seconds within bounds, both included.
 * @internal
 */
export function durationField(min: string, max: string) {
  const minSeconds = parseDurationSeconds(min, 'min');
  const maxSeconds = parseDurationSeconds(max, 'max');
  const text = z.string().min(2).max(16).regex(durationPattern).meta({ format: 'duration' });
  return withRules(text, [
    {
      cel: `self >= duration('${min}') && self <= duration('${max}')`,
      message: `must be from ${min} to ${max}`,
      holds: (value) => {
        if (!durationPattern.test(value)) return true;
        const seconds = parseDurationSeconds(value, 'duration');
        return seconds >= minSeconds && seconds <= maxSeconds;
      },
    },
  ]);
}
