/**
 * Objects may have been stored before a rule existed. What is known of such a Share is enough to say so in its
 * status, and to take back what was published for it.
 */
import { ValetkeyError } from '@valetkey/core';
import type { Finding } from '../reason.ts';
import { objectMetaSchema, type ObjectMeta } from './object-meta.ts';
import { parseShare } from './parse.ts';
import { shareStatusSchema, type ShareStatus } from './share-status.ts';
import type { Share } from './share.ts';

/**
 * What reports and writes need of a Share, valid or not.
 * @public
 */
export interface ShareHead {
  readonly metadata: ObjectMeta;
  readonly status?: ShareStatus | undefined;
}

/**
 * A Share whose spec breaks a rule.
 * @public
 */
export interface InvalidShare extends ShareHead {
  readonly kind: 'InvalidShare';
  readonly finding: Finding;
}

/**
 * A Share with every default filled in, or what can be said of one that breaks a rule. A status that the issuer
 * cannot have written counts as none.
 * @throws ValetkeyError `invalid-configuration` when not even its name can be read
 * @public
 */
export function readShare(input: unknown): Share | InvalidShare {
  try {
    return parseShare(input);
  } catch (error) {
    if (!(error instanceof ValetkeyError) || typeof input !== 'object' || input === null) throw error;
    const metadata = objectMetaSchema.safeParse('metadata' in input ? input.metadata : undefined);
    if (!metadata.success) throw error;
    const status = shareStatusSchema.optional().safeParse('status' in input ? input.status : undefined);
    if (!status.success) return readShare({ ...input, status: undefined });
    return {
      kind: 'InvalidShare',
      metadata: metadata.data,
      status: status.data,
      finding: { reason: 'InvalidSpec', message: error.message },
    };
  }
}
