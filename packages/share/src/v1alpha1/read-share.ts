/**
 * Objects may have been stored before a rule existed. What is known of such a Share is enough to say so in its
 * status, and to take back what was published for it.
 */
import { ValetkeyError } from '@valetkey/core';
import { z } from 'zod';
import type { Finding } from '../reason.ts';
import { objectMetaSchema, type ObjectMeta } from './object-meta.ts';
import { parseShare } from './parse.ts';
import { shareStatusSchema, type ShareStatus } from './share-status.ts';
import { shareTargetSchema } from './share-target.ts';
import type { Share } from './share.ts';

/** Only a name that a Secret can have: it becomes a part of a path. */
const targetedSchema = z.object({
  spec: z.object({ target: shareTargetSchema.pick({ secretName: true }).loose() }),
});

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
  /** Name of the Secret that it keeps, as far as its spec can be read; its own name otherwise. */
  readonly secretName: string;
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
      secretName: targetOf(input) ?? metadata.data.name,
      status: status.data,
      finding: { reason: 'InvalidSpec', message: error.message },
    };
  }
}

function targetOf(input: object): string | undefined {
  return targetedSchema.safeParse(input).data?.spec.target.secretName;
}
