/** The grammar beside its reference, at full count. */
import { soak } from '@valetkey/testbed';

import { grammarProperties } from '../test/properties/compare-grammar.ts';

await soak(
  grammarProperties.map(([what, compare]) => ({
    name: `${what} is what its description says`,
    runs: 100_000,
    run: (count) => ({ ...compare(count) }),
  })),
);
