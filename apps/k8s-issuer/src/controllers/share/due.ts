import { parseInstant } from '@valetkey/core';
import type { Share } from '@valetkey/share';

const renewAnnotation = 'valetkey.dev/renew-requested-at';

/** Why something has to be signed now, or nothing when what is published stands. */
export type DueReason = 'first' | 'inputs' | 'renewal' | 'request' | undefined;

/** Whether a Share must be signed anew. A restart alone makes nothing due. */
export function dueReason(share: Share, inputsDigest: string, nowMs: number): DueReason {
  const { status, metadata } = share;
  if (status?.secretRef === undefined || status.renewalTime === undefined) return 'first';
  if (status.inputsDigest !== inputsDigest) return 'inputs';
  if (parseInstant(status.renewalTime, 'renewalTime') <= nowMs) return 'renewal';
  const requested = metadata.annotations?.[renewAnnotation];
  return requested !== undefined && requested.slice(0, 256) !== status.handledRenewRequest
    ? 'request'
    : undefined;
}
