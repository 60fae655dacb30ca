/** What every check of `valetkey doctor` looks like. */
import type { StoreProfile } from '@valetkey/core';
import type { ProbeContext } from './probe-context.ts';

/** `skip`: it could not be tried, or it is about something that the store need not have. */
export type Verdict = 'pass' | 'fail' | 'skip';

/** What a store was seen to do, of what its profile says. */
export type Observed = Partial<Pick<StoreProfile, 'conditionalWrites' | 'postForms' | 'slashes'>>;

/** What a probe saw. Holds no URL, signature, token or key. */
export interface Finding {
  readonly verdict: Verdict;
  readonly found: string;
  /** What to do about it, as an imperative sentence. */
  readonly fix?: string;
  readonly observed?: Observed;
}

/** One check against the live store. */
export interface Probe {
  readonly name: string;
  /** Nothing that comes after it would mean anything once it has failed. */
  readonly essential?: true;
  readonly run: (context: ProbeContext) => Promise<Finding>;
}

/** All is well. */
export function pass(found: string, observed: Observed = {}): Finding {
  return { verdict: 'pass', found, observed };
}

/** Something is wrong, and this mends it. */
export function fail(found: string, fix: string, observed: Observed = {}): Finding {
  return { verdict: 'fail', found, fix, observed };
}

/** Nothing to say. */
export function skip(found: string, observed: Observed = {}): Finding {
  return { verdict: 'skip', found, observed };
}
