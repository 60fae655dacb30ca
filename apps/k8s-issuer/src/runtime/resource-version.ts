import { ValetkeyError } from '@valetkey/core';

/**
 * A resourceVersion as a number that can be compared. Kubernetes has promised the order since 1.35 and kept it
 * always; the numbers are 64 bits wide, too many for a `number`.
 * @throws ValetkeyError `invalid-body` for what is not written in decimal digits.
 * @internal
 */
export function parseResourceVersion(value: unknown): bigint {
  if (typeof value === 'string' && /^[0-9]{1,20}$/.test(value)) return BigInt(value);
  throw new ValetkeyError('invalid-body', { field: 'metadata.resourceVersion', expected: 'decimal digits' });
}
