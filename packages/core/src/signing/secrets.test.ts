/** `pnpm soak` makes a hundred thousand calls. */
import { expect, test } from 'vitest';

import { propertyRuns } from '../../test/properties/property-runs.ts';
import { redactTexts, throwErrors } from '../../test/properties/secrets.ts';

const runs = propertyRuns(2000);

test(
  'no error of any public function shows a secret key, a token or a signature',
  { timeout: 600_000 },
  () => {
    const { calls, thrown } = throwErrors(runs);
    expect(calls).toBe(runs);
    expect(thrown).toBeGreaterThan(runs / 4);
  },
);

test('redact leaves no secret in any text, and harmless text alone', { timeout: 300_000 }, () => {
  expect(redactTexts(runs).texts).toBe(runs);
});
