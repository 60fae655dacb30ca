/** `pnpm soak` makes a hundred thousand calls. */
import { expect, test } from 'vitest';

import { propertyRuns } from '../../test/properties/property-runs.ts';
import { redactTexts } from '../../test/properties/redacted-texts.ts';
import { throwErrors } from '../../test/properties/thrown-errors.ts';

const runs = propertyRuns(2000);

test(
  'no error of any public function shows a secret key, a token or a signature',
  { timeout: 600_000 },
  async () => {
    const { calls, thrown } = await throwErrors(runs);
    expect(calls).toBe(runs);
    expect(thrown).toBeGreaterThan(runs / 4);
  },
);

test('redact leaves no secret in any text, and harmless text alone', { timeout: 300_000 }, () => {
  expect(redactTexts(runs).texts).toBe(runs);
});
