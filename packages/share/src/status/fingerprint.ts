import { sha256Hex } from '@valetkey/core';
import type { ShareStatus } from '../v1alpha1/share-status.ts';

/**
 * Digest of what a status claims, whatever the order of its fields: it tells whether somebody else has written it.
 * @public
 */
export function fingerprintOf(status: ShareStatus = {}): string {
  const { secretRef, conditions = [], issuedTime, expirationTime, renewalTime, inputsDigest } = status;
  const claims = [
    [secretRef?.name, secretRef?.uid, secretRef?.resourceVersion],
    [issuedTime, expirationTime, renewalTime, inputsDigest, status.revision],
    conditions.map(({ type, status: is, reason }) => `${type}=${is} ${reason}`).toSorted(),
  ];
  return sha256Hex(JSON.stringify(claims));
}
