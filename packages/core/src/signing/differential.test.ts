/** Our signer beside AWS's own: `pnpm soak` compares a hundred thousand. */
import { expect, test } from 'vitest';

import { propertyRuns } from '../../test/properties/property-runs.ts';
import { compareWithSdk } from '../../test/properties/sdk-differential.ts';

const runs = propertyRuns(3000);

test(`${runs} generated requests get the URL that the AWS SDK makes`, { timeout: 600_000 }, async () => {
  const { compared, operations, hosts } = await compareWithSdk(runs);
  expect({ compared, operations }).toEqual({ compared: runs, operations: 5 });
  expect(hosts).toBeGreaterThan(50);
});
