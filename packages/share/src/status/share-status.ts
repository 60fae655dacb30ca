import { formatInstant, parseInstant } from '@valetkey/core';
import type { IssuedShare } from '../issue-share.ts';
import type { Finding } from '../reason.ts';
import type { ShareStatus } from '../v1alpha1/share-status.ts';
import { isServing } from '../checks/publication-checks.ts';
import type { ShareHead } from '../v1alpha1/read-share.ts';
import { toConditions, type ConditionState, type ConditionType } from './conditions.ts';

/** A renewal that is this late is reported, in milliseconds. */
const overdueMs = 60_000;

const unguarded: ConditionState = {
  status: 'True',
  reason: 'Unguarded',
  message:
    'the issuer runs with --allow-unguarded-secrets and no admission policy bounds which Secrets it may write',
};

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
  /** Could not be done; what was published stays. Tried again, unless only another input can mend it. */
  | { readonly kind: 'failed'; readonly finding: Finding; readonly isTerminal?: boolean };

/**
 * What else a status tells.
 * @public
 */
export interface StatusFacts {
  /** Somebody else has changed or removed the Secret. @default false */
  readonly isDrifted?: boolean;
  /** No admission policy keeps the issuer from other people's Secrets. @default false */
  readonly isUnguarded?: boolean;
}

/**
 * The whole status after a visit. Instants have whole seconds; it holds no URL.
 * @public
 */
export function toShareStatus(
  share: ShareHead,
  outcome: ShareOutcome,
  nowMs: number,
  { isDrifted = false, isUnguarded = false }: StatusFacts = {},
): ShareStatus {
  const earlier = share.status ?? {};
  const facts = factsOf(earlier, outcome, nowMs);
  const generation = share.metadata.generation ?? 0;
  const requested = share.metadata.annotations?.['valetkey.dev/renew-requested-at'];
  const isLive =
    outcome.kind !== 'denied' &&
    !(outcome.kind === 'failed' && outcome.finding.reason === 'SecretConflict') &&
    isServing({
      share: { ...share, status: facts },
      isDrifted: isDrifted && outcome.kind !== 'issued',
      nowMs,
    });
  const states = {
    ...statesOf(facts, outcome, { isLive, nowMs }),
    ...(isUnguarded ? { Unguarded: unguarded } : {}),
  };
  return {
    ...facts,
    observedGeneration: generation,
    conditions: toConditions(earlier.conditions ?? [], states, generation, nowMs),
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
  { isLive, nowMs }: { readonly isLive: boolean; readonly nowMs: number },
): Readonly<Record<ConditionType, ConditionState>> {
  const finding = findingOf(outcome);
  const denied = outcome.kind === 'denied';
  return {
    Ready: readyState(facts, isLive, finding, nowMs),
    Authorized: denied ? { status: 'False', ...finding } : authorizedState(facts, finding),
    SecretSynced:
      outcome.kind === 'failed' || denied ? { status: 'False', ...finding } : { status: 'True', ...finding },
    LifetimeClamped: clampedState(facts),
    RenewalOverdue: overdueState(facts, outcome, nowMs),
    Stalled:
      denied || (outcome.kind === 'failed' && outcome.isTerminal === true)
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

function readyState(facts: ShareStatus, isLive: boolean, finding: Finding, nowMs: number): ConditionState {
  if (isLive) {
    return {
      status: 'True',
      reason: finding.reason === 'Suspended' ? 'Suspended' : 'Issued',
      message: `${facts.objectCount ?? 0} URLs are valid until ${facts.expirationTime ?? 'unknown'}`,
    };
  }
  const { expirationTime } = facts;
  if (expirationTime === undefined || parseInstant(expirationTime, 'expirationTime') > nowMs) {
    return { status: 'False', ...finding };
  }
  return { status: 'False', reason: 'Expired', message: `the URLs ended at ${expirationTime}` };
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
