import { z } from 'zod';
import { withRules } from './rule.ts';

/**
 * A bucket name. Names reserved by a vendor are refused by core's parser, which knows the store's profile.
 * @internal
 */
export const bucketField = () =>
  withRules(
    z
      .string()
      .min(3)
      .max(63)
      .regex(/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/),
    [
      {
        cel: "!self.contains('..')",
        message: 'must not hold two dots in a row',
        holds: (name) => !name.includes('..'),
      },
      {
        cel: String.raw`!self.matches(r'^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$')`,
        message: 'must not look like an IPv4 address',
        holds: (name) => !/^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/.test(name),
      },
    ],
  );
