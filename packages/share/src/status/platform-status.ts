/** What the issuer says about stores and policies: one condition, and for policies how many Shares they serve. */
import { formatInstant } from '@valetkey/core';
import type { Condition } from '../v1alpha1/condition.ts';
import { cutMessage } from './cut-message.ts';

/**
 * Reasons of the condition `Ready` of stores and policies. Documented in `docs/reference/share.md`.
 * @public
 */
export const platformReasons = [
  'Available',
  'StoreUnavailable',
  'CredentialsUnavailable',
  'CredentialsExpired',
  'InvalidSpec',
] as const;

/** @public */
export type PlatformReason = (typeof platformReasons)[number];

/**
 * Whether a store or a policy can be used, and why not. Holds no key.
 * @public
 */
export interface PlatformFinding {
  readonly reason: PlatformReason;
  readonly message: string;
}

interface Reported {
  readonly metadata: { readonly generation?: number | undefined };
  readonly status?: { readonly conditions?: readonly Condition[] | undefined } | undefined;
}

/**
 * The status of a store or a policy: `Ready` is true with the reason `Available` only.
 * @public
 */
export function toPlatformStatus(
  { metadata, status }: Reported,
  { reason, message }: PlatformFinding,
  nowMs: number,
): { readonly observedGeneration: number; readonly conditions: readonly Condition[] } {
  const observedGeneration = metadata.generation ?? 0;
  const ready = reason === 'Available' ? 'True' : 'False';
  const before = status?.conditions?.find(({ type }) => type === 'Ready');
  const lastTransitionTime = before?.status === ready ? before.lastTransitionTime : formatInstant(nowMs);
  const condition = {
    type: 'Ready',
    status: ready,
    reason,
    message: cutMessage(message),
    lastTransitionTime,
    observedGeneration,
  } as const;
  return { observedGeneration, conditions: [condition] };
}
