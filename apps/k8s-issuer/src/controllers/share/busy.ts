/**
 * An API server that asks to come back later (429, 503, 504) says nothing about a Share, and one that is overloaded
 * should not be given statuses to write as well. But where that lasts and concerns Secrets only, nobody else would tell.
 */
import type { ShareOutcome } from '@valetkey/share';
import type { KubeError } from '../../kube/kube-error.ts';
import type { WriteOutcome } from './write-secret.ts';

/** Shorter is no news. */
const briefMs = 60_000;

type Failure = Extract<ShareOutcome, { readonly kind: 'failed' }>;

/** The API server has asked to come back later with a Secret; if that lasts, `failure` is to be told. */
export interface Busy {
  readonly kind: 'busy';
  readonly error: KubeError;
  readonly failure: Failure;
}

/**
 * How a visit ends before it is told of. `superseded`: another issuer has written meanwhile. `postponed`: URLs would
 * have to be withdrawn, but what that rests on may be behind.
 */
export type VisitEnd = ShareOutcome | Busy | 'superseded' | 'postponed';

/** What a refused write means for its Share, of which `facts` are known. */
export function toFailure(
  { busy, ...refused }: Extract<WriteOutcome, { readonly kind: 'refused' }>,
  facts: Pick<Failure, 'denial' | 'policy'>,
): Failure | Busy {
  const failure = { ...refused, ...facts, kind: 'failed' } as const;
  return busy === undefined ? failure : { kind: 'busy', error: busy, failure };
}

/**
 * What is to be told of a visit that ended so.
 * @param busyForMs - told whether it was busy; says for how many milliseconds the Share's visits have been
 * @throws KubeError of a busy one while that has not lasted
 */
export function unlessBrief(end: VisitEnd, busyForMs: (isBusy: boolean) => number): Exclude<VisitEnd, Busy> {
  if (typeof end === 'string' || end.kind !== 'busy') {
    busyForMs(false);
    return end;
  }
  if (busyForMs(true) < briefMs) throw end.error;
  return end.failure;
}
