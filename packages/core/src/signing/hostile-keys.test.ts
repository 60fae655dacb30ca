/** `pnpm soak` tries a hundred thousand of each. */
import { expect, test } from 'vitest';

import { parseEndpoints } from '../../test/properties/endpoint-hosts.ts';
import { signHostileKeys } from '../../test/properties/hostile-keys.ts';
import { propertyRuns } from '../../test/properties/property-runs.ts';

const runs = propertyRuns(5000);

test('no key makes a URL that a parser retargets, or that reaches a bucket', { timeout: 300_000 }, () => {
  const { signed, refused } = signHostileKeys(runs);
  expect(signed + refused).toBe(runs);
  expect(signed).toBeGreaterThan(runs / 20);
  expect(refused).toBeGreaterThan(runs / 20);
});

test('an accepted endpoint is sent as it is signed', { timeout: 300_000 }, () => {
  const { accepted, refused } = parseEndpoints(runs);
  expect(accepted + refused).toBe(runs);
  expect(accepted).toBeGreaterThan(runs / 20);
  expect(refused).toBeGreaterThan(runs / 20);
});
