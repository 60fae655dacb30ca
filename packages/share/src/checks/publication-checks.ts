/**
 * Two chains over the same links: whether a Share must be signed now, and whether what is published serves its
 * readers. They differ in their last links.
 */
import { parseInstant } from '@valetkey/core';
import { plannedRenewalMs } from '../renewal/planned-renewal.ts';
import { soonestRenewalMs } from '../renewal/renewal-time.ts';
import type { ShareHead } from '../v1alpha1/read-share.ts';
import type { Share } from '../v1alpha1/share.ts';
import { endTimeMsOf } from './spec-checks.ts';

const renewAnnotation = 'valetkey.dev/renew-requested-at';
/** Clocks of two replicas may differ by this much, in milliseconds. */
const skewMs = 60_000;
/** Instants in a status have whole seconds. */
const roundingMs = 2_000;

/**
 * What is known of a published Share.
 * @public
 */
export interface Publication {
  readonly share: Share;
  /** Digest of the resolved inputs now. */
  readonly inputsDigest: string;
  /** Longest lifetime that the inputs now give, in seconds. */
  readonly lifetimeSeconds: number;
  /** Somebody else has changed or removed the Secret. */
  readonly isDrifted: boolean;
  /** Somebody else has written the status. */
  readonly isStatusForeign: boolean;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/**
 * Why something is signed.
 * @public
 */
export type TriggerReason = 'first' | 'secret' | 'status' | 'inputs' | 'renewal' | 'request';

type Facts = Pick<Publication, 'isDrifted' | 'nowMs'> & { readonly share: ShareHead };

const isPublished = ({ share }: Facts): TriggerReason | undefined =>
  share.status?.secretRef === undefined || share.status.expirationTime === undefined ? 'first' : undefined;

const isUntouched = ({ isDrifted }: Facts): TriggerReason | undefined => (isDrifted ? 'secret' : undefined);

const isAlive = ({ share, nowMs }: Facts): TriggerReason | undefined => {
  const expirationTime = share.status?.expirationTime;
  return expirationTime !== undefined && parseInstant(expirationTime, 'expirationTime') > nowMs
    ? undefined
    : 'renewal';
};

const isPlausible = ({ share, ...rest }: Publication): TriggerReason | undefined =>
  rest.isStatusForeign || !couldBeOurs(share, rest) ? 'status' : undefined;

const isOfTheseInputs = ({ share, inputsDigest }: Publication): TriggerReason | undefined =>
  share.status?.inputsDigest === inputsDigest ? undefined : 'inputs';

const isBeforeRenewal = ({ share, nowMs }: Publication): TriggerReason | undefined => {
  const renewalTime = share.status?.renewalTime;
  return renewalTime !== undefined && parseInstant(renewalTime, 'renewalTime') > nowMs
    ? undefined
    : 'renewal';
};

const isAnswered = ({ share }: Publication): TriggerReason | undefined => {
  const requested = share.metadata.annotations?.[renewAnnotation];
  return requested === undefined || requested.slice(0, 256) === share.status?.handledRenewRequest
    ? undefined
    : 'request';
};

const readinessChain = [isPublished, isUntouched, isAlive];
const triggerChain = [isPublished, isUntouched, isOfTheseInputs, isPlausible, isBeforeRenewal, isAnswered];

/**
 * Why a Share must be signed now, or nothing when what is published stands. A restart alone is no reason.
 * @public
 */
export function triggerOf(publication: Publication): TriggerReason | undefined {
  return firstOf(triggerChain, publication);
}

/** Whether the Secret holds URLs that are valid now, as far as is known. */
export function isServing(facts: Facts): boolean {
  return firstOf(readinessChain, facts) === undefined;
}

function firstOf<Input>(
  chain: readonly ((input: Input) => TriggerReason | undefined)[],
  input: Input,
): TriggerReason | undefined {
  for (const link of chain) {
    const reason = link(input);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** No status of ours has times that these inputs cannot give: it would keep a Share from being renewed. */
function couldBeOurs(
  share: Share,
  { nowMs, lifetimeSeconds }: Pick<Publication, 'nowMs' | 'lifetimeSeconds'>,
): boolean {
  const { issuedTime, expirationTime, renewalTime } = share.status ?? {};
  if (issuedTime === undefined || expirationTime === undefined || renewalTime === undefined) return false;
  const issuedMs = parseInstant(issuedTime, 'issuedTime');
  const expiresMs = parseInstant(expirationTime, 'expirationTime');
  return (
    issuedMs <= nowMs + skewMs &&
    expiresMs <= issuedMs + lifetimeSeconds * 1000 + roundingMs &&
    parseInstant(renewalTime, 'renewalTime') <= latestRenewalMs(share, issuedMs, expiresMs)
  );
}

/** URLs that live as long as their Share are withdrawn then, and not renewed before. */
function latestRenewalMs(share: Share, issuedMs: number, expiresMs: number): number {
  const endMs = endTimeMsOf(share.spec.endTime);
  if (endMs !== undefined && endMs - expiresMs <= roundingMs) return expiresMs;
  // Of URLs that live for less than that the renewal comes after their end.
  const endOfPlanMs = Math.max(expiresMs, issuedMs + soonestRenewalMs);
  return Math.min(plannedRenewalMs(share, { issuedMs, expiresMs }) + roundingMs, endOfPlanMs);
}
