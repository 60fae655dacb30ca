import { parseDurationSeconds } from '@valetkey/core';
import type { Share } from '../v1alpha1/share.ts';
import { renewalTimeMs } from './renewal-time.ts';

/** When a Share is to be renewed whose URLs live from `issuedMs` to `expiresMs`; milliseconds since the epoch. */
export function plannedRenewalMs(
  { spec, metadata }: Share,
  { issuedMs, expiresMs }: { readonly issuedMs: number; readonly expiresMs: number },
): number {
  const before = spec.renewal?.before;
  return renewalTimeMs({
    issuedMs,
    lifetimeMs: expiresMs - issuedMs,
    beforeMs: before === undefined ? undefined : parseDurationSeconds(before, 'spec.renewal.before') * 1000,
    uid: metadata.uid ?? metadata.name,
  });
}
