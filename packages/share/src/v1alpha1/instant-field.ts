import { z } from 'zod';

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * An RFC 3339 instant.
 * @internal
 */
export const instantField = () =>
  z
    .string()
    .max(40)
    .check(
      z.refine((text: string) => rfc3339.test(text), {
        error: 'must be an RFC 3339 instant such as 2027-01-31T00:00:00Z',
      }),
    )
    .meta({ format: 'date-time' });
