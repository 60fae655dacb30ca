import { z } from 'zod';

import { algorithm } from './checksum-algorithm.ts';

/** What a policy's own name may be in a request. */
export const policyName = z.string().min(1).max(128);

/**
 * Answer of `GET /v1/policies/{policy}`: what a user interface may offer. Advice, not authority: every request
 * is evaluated again.
 * @public
 */
export const limitsSchema = z.strictObject({
  policy: policyName,
  actions: z.array(z.enum(['download', 'upload', 'list', 'delete'])),
  /** Bytes. */
  maxFileBytes: z.int().min(0).optional(),
  /** Bytes. */
  minFileBytes: z.int().min(0),
  /** Content types; empty means any. */
  accept: z.array(z.string()),
  maxFiles: z.int().min(1).optional(),
  /** Files of more bytes go up in parts. */
  multipartThresholdBytes: z.int().min(1),
  /** Bytes of a part; absent: chosen by the file's size. */
  partBytes: z.int().min(1).optional(),
  lifetimeSeconds: z.strictObject({
    default: z.int().min(1),
    /** What the policy allows. */
    max: z.int().min(1),
    /** What a URL made now would get at most: store and signing credentials counted in. */
    effectiveMax: z.int().min(1),
    /** What decides `effectiveMax`. */
    limitedBy: z.enum(['policy', 'store', 'credentials']),
  }),
  checksum: z.enum(['none', 'optional', 'required']),
  /** What the store checks on arrival; empty when it promises nothing. */
  checksumAlgorithms: z.array(algorithm),
});

/** @public */
export type Limits = z.infer<typeof limitsSchema>;
