/**
 * Instants as text. The one file that turns milliseconds into calendar dates and back.
 */
import { ValetkeyError } from './errors.ts';
import { quote } from './grammar/quote.ts';

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * RFC 3339 in UTC with whole seconds, rounded down: `2026-11-23T20:56:48Z`.
 * @public
 */
export function formatInstant(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}

/**
 * Milliseconds since the epoch of an RFC 3339 instant.
 * @throws ValetkeyError `invalid-configuration` when the text is no instant or names a day that does not exist
 * @public
 */
export function parseInstant(input: unknown, field: string): number {
  const epochMs = typeof input === 'string' && rfc3339.test(input) ? Date.parse(input) : Number.NaN;
  if (typeof input !== 'string' || Number.isNaN(epochMs) || !isInCalendar(input)) {
    throw new ValetkeyError('invalid-configuration', {
      field,
      expected: 'an RFC 3339 instant such as 2027-01-31T00:00:00Z',
      got: quote(input),
    });
  }
  return epochMs;
}

/** `Date.parse` takes 30 February for 2 March. Every month has 28 days. */
function isInCalendar(text: string): boolean {
  if (Number(text.slice(8, 10)) <= 28) return true;
  const day = text.slice(0, 10);
  return new Date(Date.parse(`${day}T00:00:00Z`)).toISOString().slice(0, 10) === day;
}

interface AmzDate {
  readonly dateTime: string;
  readonly date: string;
}

/** Many URLs are signed in the same second. */
let lastSecond = Number.NaN;
let lastAmzDate: AmzDate = { dateTime: '', date: '' };

/** The two time stamps of SigV4: `20261123T205648Z` and `20261123`. */
export function toAmzDate(epochMs: number): AmzDate {
  const second = Math.floor(epochMs / 1000);
  if (second === lastSecond) return lastAmzDate;
  const dateTime = `${new Date(epochMs).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  lastSecond = second;
  lastAmzDate = { dateTime, date: dateTime.slice(0, 8) };
  return lastAmzDate;
}
