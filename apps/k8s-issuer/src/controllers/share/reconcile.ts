/**
 * One visit to one Share: gather, decide, issue if due, write, report.
 */
import { parseInstant, type Clock, type SigningCredentials } from '@valetkey/core';
import {
  backOffMs,
  decideShare,
  inputsDigest,
  issueShare,
  toSecret,
  toShareStatus,
  type Finding,
  type Share,
  type ShareDecision,
  type ShareInputs,
  type ShareOutcome,
} from '@valetkey/share';
import type { Scheduler } from '../../runtime/scheduler.ts';
import { dueReason } from './due.ts';
import { toSigningFailure } from './finding-of-error.ts';
import { gather } from './gather.ts';
import type { ShareApi } from './share-api.ts';
import type { ShareCaches } from './share-caches.ts';
import type { Signer } from './signer.ts';
import { createFreshness } from './freshness.ts';
import { writeSecret } from './write-secret.ts';
import { writeStatus } from './write-status.ts';

/** A conflict is looked at again after at most this long, in milliseconds: nobody tells when a name gets free. */
const longestConflictWaitMs = 60_000;
/** How soon to look again when the cache has not yet seen our last write. */
const staleCacheWaitMs = 50;

/** What a visit needs. */
export interface ReconcileOptions {
  readonly caches: ShareCaches;
  readonly api: ShareApi;
  readonly signer: Signer;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  /** Told of each outcome and of the Share as it was before, for metrics and events. It must not throw. */
  readonly onOutcome: (outcome: ShareOutcome, share: Share) => void;
}

type Allowed = Extract<ShareDecision, { readonly allowed: true }>;
type Reconcile = (key: string) => Promise<{ readonly requeueAfterMs?: number } | void>;

/** Creates the function that a controller calls with `namespace/name`. */
export function createReconcile(options: ReconcileOptions): Reconcile {
  const { caches, scheduler, clock, api, onOutcome } = options;
  const freshness = createFreshness();
  return async (key) => {
    const nowMs = clock.now();
    const inputs = gather(caches, key, nowMs);
    if (inputs === undefined) {
      scheduler.cancel(key);
      freshness.forget(key);
      return;
    }
    const { share } = inputs;
    if (freshness.isStale(key, share)) return { requeueAfterMs: staleCacheWaitMs };
    const outcome = await visit(inputs, options);
    if (outcome === 'superseded') return;
    onOutcome(outcome, share);
    const status = toShareStatus(share, outcome, nowMs);
    const resourceVersion = await writeStatus(api, share, status);
    if (resourceVersion !== undefined) freshness.wrote(key, share, resourceVersion);
    return schedule(key, { ...share, status }, outcome, options);
  };
}

async function visit(inputs: ShareInputs, options: ReconcileOptions): Promise<ShareOutcome | 'superseded'> {
  const { share } = inputs;
  const decision = decideShare(inputs);
  if (!decision.allowed) return withdraw(share, decision.finding, options);
  if (share.spec.suspend) return { kind: 'suspended' };
  const store = inputs.store;
  if (store === undefined) throw new TypeError('an allowed Share has a store');
  try {
    const credentials = await options.signer(store);
    return await issueIfDue(inputs, decision, credentials, options);
  } catch (error) {
    const { finding, isTerminal } = toSigningFailure(error);
    return isTerminal
      ? { kind: 'denied', finding, secretRef: share.status?.secretRef }
      : { kind: 'failed', finding };
  }
}

async function issueIfDue(
  { share, namespace, nowMs }: ShareInputs,
  decision: Allowed,
  credentials: SigningCredentials,
  { api }: ReconcileOptions,
): Promise<ShareOutcome | 'superseded'> {
  const { store, authorization } = decision;
  const digest = inputsDigest({
    share,
    store,
    grants: authorization.grants,
    signer: credentials.accessKeyId,
  });
  if (dueReason(share, digest, nowMs) === undefined) return { kind: 'kept' };
  const revision = (share.status?.revision ?? 0) + 1;
  const issued = issueShare(decision, credentials, { share, namespace: namespace.name, revision, nowMs });
  const outcome = await writeSecret(api, share, issued.secret);
  switch (outcome.kind) {
    case 'superseded':
      return 'superseded';
    case 'refused':
      return { kind: 'failed', finding: outcome.finding };
    case 'written':
      return {
        kind: 'issued',
        issued,
        secretRef: outcome.secretRef,
        inputsDigest: digest,
        signerExpiresMs: credentials.expiresAtMs,
      };
  }
}

/** Takes back what was published: the Secret stays, without data. Somebody else's Secret is never touched. */
async function withdraw(
  share: Share,
  finding: Finding,
  { api }: ReconcileOptions,
): Promise<ShareOutcome | 'superseded'> {
  const { status, metadata } = share;
  if (status?.secretRef === undefined) return { kind: 'denied', finding };
  if (status.expirationTime === undefined) return { kind: 'denied', finding, secretRef: status.secretRef };
  const empty = toSecret(share, metadata.namespace ?? '', { revision: status.revision ?? 0 }, {});
  const outcome = await writeSecret(api, share, empty);
  switch (outcome.kind) {
    case 'superseded':
      return 'superseded';
    case 'refused':
      return { kind: 'failed', finding: outcome.finding };
    case 'written':
      return { kind: 'denied', finding, secretRef: outcome.secretRef };
  }
}

/** When to come again without being told. */
function schedule(
  key: string,
  share: Share,
  outcome: ShareOutcome,
  { scheduler, clock }: ReconcileOptions,
): { readonly requeueAfterMs?: number } | void {
  const { status } = share;
  switch (outcome.kind) {
    case 'issued':
    case 'kept':
      if (status?.renewalTime !== undefined)
        scheduler.at(key, parseInstant(status.renewalTime, 'renewalTime'));
      return;
    case 'suspended':
      // Only to report that what is published has ended.
      if (status?.expirationTime !== undefined) scheduleExpiry(key, status.expirationTime, scheduler, clock);
      else scheduler.cancel(key);
      return;
    case 'denied':
      scheduler.cancel(key);
      return outcome.finding.reason === 'SecretConflict'
        ? { requeueAfterMs: longestConflictWaitMs }
        : undefined;
    case 'failed':
      return { requeueAfterMs: retryAfterMs(share, outcome.finding, clock.now()) };
  }
}

function scheduleExpiry(key: string, expirationTime: string, scheduler: Scheduler, clock: Clock): void {
  const expiresMs = parseInstant(expirationTime, 'expirationTime');
  if (expiresMs > clock.now()) scheduler.at(key, expiresMs);
  else scheduler.cancel(key);
}

function retryAfterMs({ status }: Share, { reason }: Finding, nowMs: number): number {
  const leftMs =
    status?.expirationTime === undefined
      ? undefined
      : parseInstant(status.expirationTime, 'expirationTime') - nowMs;
  const waitMs = backOffMs(status?.failedAttempts ?? 1, leftMs);
  return reason === 'SecretConflict' ? Math.min(waitMs, longestConflictWaitMs) : waitMs;
}
