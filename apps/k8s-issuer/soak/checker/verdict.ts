/** What an invariant came to. */
export interface Verdict {
  readonly invariant: string;
  readonly holds: boolean;
  /** How often it was looked at; an invariant that was never looked at does not hold. */
  readonly checked: number;
  /** How near it came, in words. */
  readonly margin: string;
  /** The first few. */
  readonly violations: readonly string[];
}

/** What the checker bears with. */
export interface Patience {
  /** How long a change may take to be seen: a deletion, a withdrawal. */
  readonly changeMs: number;
  /** Whether measured times beyond their bar are a failure. */
  readonly barsCount: boolean;
}

const shown = 5;

/** Gathers what one invariant finds. */
export function createFindings(invariant: string) {
  const violations: string[] = [];
  let checked = 0;
  return {
    check(holds: boolean, violation: () => string): void {
      checked += 1;
      if (!holds) violations.push(violation());
    },
    conclude: (margin: string): Verdict => ({
      invariant,
      holds: violations.length === 0 && checked > 0,
      checked,
      margin,
      violations:
        violations.length > shown
          ? [...violations.slice(0, shown), `and ${violations.length - shown} more`]
          : violations,
    }),
  };
}
