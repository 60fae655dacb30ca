import { formatInstant, parseInstant } from '@valetkey/core';
import type { IssuedShare } from '../issue-share.ts';
import type { Finding } from '../reason.ts';
import type { ShareStatus } from '../v1alpha1/share-status.ts';
import type { Share } from '../v1alpha1/share.ts';
import { toConditions, type ConditionState, type ConditionType } from './conditions.ts';

/** A renewal that is this late is reported, in milliseconds. */
const overdueMs = 60_000;

/**
 * How a visit to a Share ended.
 * @public
 */
export type ShareOutcome =
  /** A Secret was written. */
  | {
      readonly kind: 'issued';
      readonly issued: IssuedShare;
      readonly secretRef: NonNullable<ShareStatus['secretRef']>;
      readonly inputsDigest: string;
      readonly signerExpiresMs?: number | undefined;
    }
  /** Nothing was due. */
  | { readonly kind: 'kept' }
  /** No renewal is wanted. */
  | { readonly kind: 'suspended' }
  /** Not allowed, or ended: what was published is withdrawn; nothing happens until an input changes. */
  | { readonly kind: 'denied'; readonly finding: Finding; readonly secretRef?: ShareStatus['secretRef'] }
  /** Could not be done now; what was published stays, and it is tried again. */
  | { readonly kind: 'failed'; readonly finding: Finding };

/**
 * The whole status after a visit. Instants have whole seconds; it holds no URL.
 * @public
 */
export function toShareStatus(share: Share, outcome: ShareOutcome, nowMs: number): ShareStatus {
  const earlier = share.status ?? {};
  const facts = factsOf(earlier, outcome, nowMs);
  const generation = share.metadata.generation ?? 0;
  const requested = share.metadata.annotations?.['valetkey.dev/renew-requested-at'];
  return {
    ...facts,
    observedGeneration: generation,
    conditions: toConditions(earlier.conditions ?? [], statesOf(facts, outcome, nowMs), generation, nowMs),
    ...(outcome.kind === 'issued' && requested !== undefined
      ? { handledRenewRequest: requested.slice(0, 256) }
      : {}),
  };
}

function factsOf(earlier: ShareStatus, outcome: ShareOutcome, nowMs: number): ShareStatus {
  const { failedAttempts: _failed, ...kept } = earlier;
  switch (outcome.kind) {
    case 'kept':
    case 'suspended':
      return kept;
    case 'failed':
      return {
        ...earlier,
        failedAttempts: (earlier.failedAttempts ?? 0) + 1,
        lastAttemptTime: formatInstant(nowMs),
      };
    case 'denied':
      return {
        ...(outcome.secretRef === undefined ? {} : { secretRef: outcome.secretRef }),
        ...(kept.revision === undefined ? {} : { revision: kept.revision }),
        ...(kept.handledRenewRequest === undefined ? {} : { handledRenewRequest: kept.handledRenewRequest }),
        ...(kept.lastAttemptTime === undefined ? {} : { lastAttemptTime: kept.lastAttemptTime }),
      };
    case 'issued':
      return issuedFacts(kept, outcome, nowMs);
  }
}

function issuedFacts(
  kept: ShareStatus,
  { issued, secretRef, inputsDigest, signerExpiresMs }: Extract<ShareOutcome, { readonly kind: 'issued' }>,
  nowMs: number,
): ShareStatus {
  return {
    ...(kept.handledRenewRequest === undefined ? {} : { handledRenewRequest: kept.handledRenewRequest }),
    secretRef,
    policyRef: { name: issued.policy },
    objectCount: issued.objectCount,
    revision: issued.revision,
    issuedTime: formatInstant(issued.issuedMs),
    expirationTime: formatInstant(issued.expiresMs),
    renewalTime: formatInstant(issued.renewalMs),
    ...(issued.clampedBy === undefined ? {} : { clampedBy: issued.clampedBy }),
    ...(signerExpiresMs === undefined ? {} : { signerExpirationTime: formatInstant(signerExpiresMs) }),
    lastAttemptTime: formatInstant(nowMs),
    inputsDigest,
  };
}

function statesOf(
  facts: ShareStatus,
  outcome: ShareOutcome,
  nowMs: number,
): Readonly<Record<ConditionType, ConditionState>> {
  const finding = findingOf(outcome);
  const isLive =
    facts.expirationTime !== undefined && parseInstant(facts.expirationTime, 'expirationTime') > nowMs;
  const denied = outcome.kind === 'denied';
  return {
    Ready: readyState(facts, isLive, denied, finding),
    Authorized: denied ? { status: 'False', ...finding } : authorizedState(facts, finding),
    SecretSynced:
      outcome.kind === 'failed' || denied ? { status: 'False', ...finding } : { status: 'True', ...finding },
    LifetimeClamped: clampedState(facts),
    RenewalOverdue: overdueState(facts, outcome, nowMs),
    Stalled: denied
      ? { status: 'True', ...finding }
      : { status: 'False', reason: finding.reason, message: 'it makes progress' },
  };
}

function findingOf(outcome: ShareOutcome): Finding {
  switch (outcome.kind) {
    case 'issued':
    case 'kept':
      return { reason: 'Issued', message: 'the Secret holds valid URLs' };
    case 'suspended':
      return {
        reason: 'Suspended',
        message: 'spec.suspend is true: URLs live out their time and are not renewed',
      };
    case 'denied':
    case 'failed':
      return outcome.finding;
  }
}

function readyState(facts: ShareStatus, isLive: boolean, denied: boolean, finding: Finding): ConditionState {
  if (isLive && !denied) {
    return {
      status: 'True',
      reason: finding.reason === 'Suspended' ? 'Suspended' : 'Issued',
      message: `${facts.objectCount ?? 0} URLs are valid until ${facts.expirationTime ?? 'unknown'}`,
    };
  }
  if (denied || facts.expirationTime === undefined) return { status: 'False', ...finding };
  return { status: 'False', reason: 'Expired', message: `the URLs ended at ${facts.expirationTime}` };
}

function authorizedState(facts: ShareStatus, finding: Finding): ConditionState {
  const policy = facts.policyRef?.name;
  return policy === undefined
    ? { status: 'Unknown', ...finding }
    : { status: 'True', reason: 'Issued', message: `SharePolicy ${policy} allows every object` };
}

function clampedState(facts: ShareStatus): ConditionState {
  return facts.clampedBy === undefined
    ? { status: 'False', reason: 'Issued', message: 'nothing shortens the lifetime' }
    : { status: 'True', reason: 'Issued', message: `the lifetime is shortened by: ${facts.clampedBy}` };
}

function overdueState(facts: ShareStatus, outcome: ShareOutcome, nowMs: number): ConditionState {
  const { renewalTime } = facts;
  const isOverdue =
    outcome.kind === 'failed' &&
    renewalTime !== undefined &&
    nowMs > parseInstant(renewalTime, 'renewalTime') + overdueMs;
  return isOverdue
    ? { status: 'True', reason: outcome.finding.reason, message: `the renewal was due at ${renewalTime}` }
    : { status: 'False', reason: 'Issued', message: 'no renewal is late' };
}
