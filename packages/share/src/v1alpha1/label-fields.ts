/** Label keys and values, shared by selectors and templates. */
import { z } from 'zod';

/** Optional DNS prefix, a slash, and a name. */
export const labelKey = () =>
  z
    .string()
    .min(1)
    .max(317)
    .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);

/** At most 63 characters, may be empty. */
export const labelValue = () =>
  z
    .string()
    .max(63)
    .regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/);
