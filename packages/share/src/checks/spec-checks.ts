import { formatInstant, parseInstant, parseKey, ValetkeyError } from '@valetkey/core';
import type { Finding } from '../reason.ts';
import type { ShareInputs } from '../share-inputs.ts';
import { secretNameOf } from '../v1alpha1/share.ts';

/** Core's grammar in full; the API server's CEL cannot tell Unicode normal forms apart. */
export function keysAreValid({ share }: ShareInputs): Finding | undefined {
  for (const [index, { key }] of share.spec.objects.entries()) {
    try {
      parseKey(key, `spec.objects[${index}].key`);
    } catch (error) {
      if (!(error instanceof ValetkeyError)) throw error;
      return { reason: 'InvalidSpec', message: error.message };
    }
  }
  return undefined;
}

/** Whether the end time still lies ahead. */
export function hasNotEnded({ share, nowMs }: ShareInputs): Finding | undefined {
  const endMs = endTimeMsOf(share.spec.endTime);
  if (endMs === undefined || endMs - nowMs >= 1000) return undefined;
  return { reason: 'Ended', message: `spec.endTime ${formatInstant(endMs)} has passed` };
}

/** Two Shares on one Secret: whichever made it has it, otherwise the older one (docs/adr/0008-a-secret-keeps-its-share.md). */
export function ownsItsSecret({ share, rival }: ShareInputs): Finding | undefined {
  if (rival === undefined) return undefined;
  return {
    reason: 'SecretConflict',
    message: `the Share ${rival} made the Secret ${secretNameOf(share)} or was there before; choose another spec.target.secretName`,
  };
}

/** Milliseconds since the epoch. */
export function endTimeMsOf(endTime: string | undefined): number | undefined {
  return endTime === undefined ? undefined : parseInstant(endTime, 'spec.endTime');
}
