import { formatInstant, parseInstant } from '@valetkey/core';
import type { IssuedShare } from '../issue-share.ts';
import type { Finding } from '../reason.ts';
import type { ShareStatus } from '../v1alpha1/share-status.ts';
import { isServing } from '../checks/publication-checks.ts';
import type { ShareHead } from '../v1alpha1/read-share.ts';
import { toConditions, type ConditionState, type ConditionType } from './conditions.ts';

/** A renewal that is this late is reported, in milliseconds. */
const overdueMs = 60_000;

const unguardedMessages = {
  allowed:
    'the issuer runs with --allow-unguarded-secrets and no admission policy bounds which Secrets it may write',
  lost: 'the admission policy that bounds which Secrets the issuer may write is gone: what is published is renewed, and no other Secret is written until it is back; apply infra/kustomize/base',
} as const;

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
  | { readonly kind: 'kept'; readonly policy: string }
  /** No renewal is wanted. */
  | { readonly kind: 'suspended'; readonly policy: string }
  /** Not allowed, or ended: what was published is withdrawn; nothing happens until an input changes. */
  | { readonly kind: 'denied'; readonly finding: Finding; readonly secretRef?: ShareStatus['secretRef'] }
  /**
   * Could not be done; what was published stays. Tried again, unless only another input can mend it. Of a Share that
   * a policy allows it names the policy; with a `denial` it is the withdrawal that could not be done.
   */
  | {
      readonly kind: 'failed';
      readonly finding: Finding;
      readonly isTerminal?: boolean;
      readonly policy?: string;
      readonly denial?: Finding;
    };

/**
 * What else a status tells.
 * @public
 */
export interface StatusFacts {
  /** Somebody else has changed or removed the Secret. @default false */
  readonly isDrifted?: boolean;
  /** Set while no admission policy keeps the issuer from other people's Secrets: whether that is meant to be so. */
  readonly unguarded?: keyof typeof unguardedMessages | undefined;
}

/**
 * The whole status after a visit. Instants have whole seconds; it holds no URL.
 * @public
 */
export function toShareStatus(
  share: ShareHead,
  outcome: ShareOutcome,
  nowMs: number,
  { isDrifted = false, unguarded }: StatusFacts = {},
): ShareStatus {
  const earlier = share.status ?? {};
  const facts = factsOf(earlier, outcome, nowMs);
  const generation = share.metadata.generation ?? 0;
  const requested = share.metadata.annotations?.['valetkey.dev/renew-requested-at'];
  const hasDrifted = isDrifted && outcome.kind !== 'issued';
  const isLive =
    denialOf(outcome) === undefined &&
    !(outcome.kind === 'failed' && outcome.finding.reason === 'SecretConflict') &&
    isServing({ share: { ...share, status: facts }, isDrifted: hasDrifted, nowMs });
  const states = {
    ...statesOf(facts, outcome, { isLive, isDrifted: hasDrifted, nowMs }),
    ...(unguarded === undefined ? {} : { Unguarded: unguardedState(unguarded) }),
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

function unguardedState(how: keyof typeof unguardedMessages): ConditionState {
  return { status: 'True', reason: 'Unguarded', message: unguardedMessages[how] };
}

function factsOf(earlier: ShareStatus, outcome: ShareOutcome, nowMs: number): ShareStatus {
  const { failedAttempts: _failed, ...kept } = earlier;
  switch (outcome.kind) {
    case 'kept':
    case 'suspended':
      return { ...kept, policyRef: { name: outcome.policy } };
    case 'failed':
      return {
        ...withPolicy(earlier, outcome),
        // A forged number must not end in one that a status cannot hold.
        failedAttempts: Math.min((earlier.failedAttempts ?? 0) + 1, Number.MAX_SAFE_INTEGER),
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

/** What a policy has allowed before says nothing of one that denies now. */
function withPolicy(
  { policyRef, ...earlier }: ShareStatus,
  { policy, denial }: Extract<ShareOutcome, { readonly kind: 'failed' }>,
): ShareStatus {
  if (policy !== undefined) return { ...earlier, policyRef: { name: policy } };
  return denial !== undefined || policyRef === undefined ? earlier : { ...earlier, policyRef };
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
  seen: { readonly isLive: boolean; readonly isDrifted: boolean; readonly nowMs: number },
): Readonly<Record<ConditionType, ConditionState>> {
  const finding = findingOf(facts, outcome, seen);
  const denial = denialOf(outcome);
  return {
    Ready: readyState(facts, seen.isLive, denial ?? finding, seen.nowMs),
    Authorized: denial === undefined ? authorizedState(facts, finding) : { status: 'False', ...denial },
    SecretSynced: { status: isSynced(facts, outcome, seen) ? 'True' : 'False', ...finding },
    LifetimeClamped: clampedState(facts),
    RenewalOverdue: overdueState(facts, outcome, seen.nowMs),
    Stalled:
      outcome.kind === 'denied' || (outcome.kind === 'failed' && outcome.isTerminal === true)
        ? { status: 'True', ...finding }
        : { status: 'False', reason: finding.reason, message: 'it makes progress' },
  };
}

/** Why nothing may be published, whether or not what was could be withdrawn. */
function denialOf(outcome: ShareOutcome): Finding | undefined {
  if (outcome.kind === 'denied') return outcome.finding;
  return outcome.kind === 'failed' ? outcome.denial : undefined;
}

/** Only a suspended Share may rest without a Secret, or with one that somebody else has changed. */
function isSynced(
  facts: ShareStatus,
  { kind }: ShareOutcome,
  seen: { readonly isDrifted: boolean },
): boolean {
  if (kind === 'suspended') return facts.secretRef !== undefined && !seen.isDrifted;
  return kind === 'issued' || kind === 'kept';
}

function findingOf(
  facts: ShareStatus,
  outcome: ShareOutcome,
  { isDrifted }: { readonly isDrifted: boolean },
): Finding {
  switch (outcome.kind) {
    case 'issued':
    case 'kept':
      return { reason: 'Issued', message: 'the Secret holds valid URLs' };
    case 'suspended':
      return { reason: 'Suspended', message: `spec.suspend is true: ${restOf(facts, isDrifted)}` };
    case 'denied':
    case 'failed':
      return outcome.finding;
  }
}

/** Of URLs that no status tells of, as a leader leaves them that dies in between, this one can say nothing either. */
function restOf({ secretRef, expirationTime }: ShareStatus, isDrifted: boolean): string {
  if (secretRef === undefined || expirationTime === undefined) return 'no URLs are written';
  return isDrifted
    ? 'somebody else has changed or removed the Secret, and it is left so'
    : 'URLs live out their time and are not renewed';
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
