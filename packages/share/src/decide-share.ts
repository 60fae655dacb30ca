import type { Store } from '@valetkey/core';
import { authorize, deniedObjects, type Authorization } from './checks/authorize.ts';
import { hasNotEnded, keysAreValid, ownsItsSecret } from './checks/spec-checks.ts';
import { storeAllowsNamespace, storeExists, storeIsComplete, toStore } from './checks/store-checks.ts';
import type { Finding } from './reason.ts';
import type { ShareInputs } from './share-inputs.ts';

/** In this order: the first finding is the one that is reported. */
const chain: readonly ((inputs: ShareInputs) => Finding | undefined)[] = [
  keysAreValid,
  hasNotEnded,
  ownsItsSecret,
  storeExists,
  storeAllowsNamespace,
  storeIsComplete,
];

/**
 * What may be published for a Share, or why nothing may.
 * @public
 */
export type ShareDecision =
  | { readonly allowed: true; readonly store: Store; readonly authorization: Authorization }
  | { readonly allowed: false; readonly finding: Finding };

/**
 * Decides a Share. Pure: no clock, no cluster; the same inputs give the same answer.
 * @public
 */
export function decideShare(inputs: ShareInputs): ShareDecision {
  const early = findEarly(inputs);
  if (early !== undefined) return { allowed: false, finding: early };
  if (inputs.store === undefined) throw new TypeError('storeExists lets no missing store through');
  const outcome = authorize(inputs);
  return 'grants' in outcome
    ? { allowed: true, store: toStore(inputs.store), authorization: outcome }
    : { allowed: false, finding: outcome };
}

/** What is wrong with a Share, and which of its objects it is about, where it is about one. */
interface ShareFinding {
  readonly finding: Finding;
  /** In `spec.objects`, from 0. */
  readonly index?: number;
}

/**
 * What a Share is denied for, every object of it that is. The first is the one that `decideShare` gives; none of a Share
 * that is allowed.
 * @public
 */
export function findDenials(inputs: ShareInputs): readonly ShareFinding[] {
  const decision = decideShare(inputs);
  if (decision.allowed) return [];
  const ofObjects = findEarly(inputs) === undefined ? deniedObjects(inputs) : [];
  return ofObjects.length > 0 ? ofObjects : [{ finding: decision.finding }];
}

function findEarly(inputs: ShareInputs): Finding | undefined {
  for (const check of chain) {
    const finding = check(inputs);
    if (finding !== undefined) return finding;
  }
  return undefined;
}
