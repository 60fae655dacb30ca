import { formatInstant } from '@valetkey/core';
import type { ShareReason } from '../reason.ts';
import type { Condition } from '../v1alpha1/condition.ts';
import { cutMessage } from './cut-message.ts';

/** Types of a Share's conditions, in the order in which they are shown. */
const conditionTypes = [
  'Ready',
  'Authorized',
  'SecretSynced',
  'LifetimeClamped',
  'RenewalOverdue',
  'Stalled',
] as const;

/** Shown only where it holds. */
const rareConditionType = 'Unguarded' as const;

/** @public */
export type ConditionType = (typeof conditionTypes)[number];

/** The state of every condition; the rare one may be left out. */
type ConditionStates = Readonly<Record<ConditionType, ConditionState>> & {
  readonly [rareConditionType]?: ConditionState;
};

/** What a condition says, before it is dated. */
export interface ConditionState {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: ShareReason;
  readonly message: string;
}

/** The earlier conditions with the new states in them; a transition time moves only when a status does. */
export function toConditions(
  earlier: readonly Condition[],
  states: ConditionStates,
  observedGeneration: number,
  nowMs: number,
): Condition[] {
  const types: readonly (keyof ConditionStates)[] = [...conditionTypes, rareConditionType];
  return types.flatMap((type) => {
    const before = earlier.find((condition) => condition.type === type);
    const state = states[type];
    if (state === undefined) return [];
    const lastTransitionTime =
      before?.status === state.status ? before.lastTransitionTime : formatInstant(nowMs);
    const message = cutMessage(state.message);
    return [{ type, ...state, message, observedGeneration, lastTransitionTime }];
  });
}
