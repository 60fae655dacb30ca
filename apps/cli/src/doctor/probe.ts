/** What every check of `valetkey doctor` looks like. */
import type { Observed } from './capability.ts';
import type { ProbeContext } from './probe-context.ts';

/** `skip`: it could not be tried, or it is about something that the store need not have. */
export type Verdict = 'pass' | 'fail' | 'skip';

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

/** The store cannot do it: wrong where its profile says that it can, and else worth knowing. */
export function lack(isPromised: boolean, found: string, fix: string, observed: Observed): Finding {
  return isPromised ? fail(found, fix, observed) : skip(found, observed);
}
