import { parseInstant } from './instant.ts';

const form =
  /^[A-Z][a-z]{2}, (0[1-9]|[12]\d|3[01]) ([A-Z][a-z]{2}) (\d{4}) ((?:[01]\d|2[0-3])(?::[0-5]\d){2}) GMT$/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Milliseconds since 1970 of a `Date` header (RFC 9110, section 5.6.7, the form that servers send), in whole
 * seconds; `undefined` for anything else, since a wrong header must not fail the answer that it comes with.
 * @public
 */
export function parseHttpDate(header: string | undefined): number | undefined {
  const [, day, monthName, year, time] = form.exec(header ?? '') ?? [];
  const month = months.indexOf(monthName ?? '') + 1;
  if (month === 0) return undefined;
  return parseInstant(`${year}-${String(month).padStart(2, '0')}-${day}T${time}Z`, 'Date');
}
