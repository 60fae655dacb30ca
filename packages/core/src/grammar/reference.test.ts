/** `pnpm soak` compares a hundred thousand of each. */
import { expect, test } from 'vitest';

import { grammarProperties } from '../../test/properties/compare-grammar.ts';
import { propertyRuns } from '../../test/properties/property-runs.ts';

const runs = propertyRuns(2000);

test.each(grammarProperties)('%s is what its description says', { timeout: 300_000 }, (_what, compare) => {
  const { taken, refused } = compare(runs);
  expect(taken + refused).toBe(runs);
  expect(Math.min(taken, refused)).toBeGreaterThan(runs / 20);
});
