/** The signer's properties at full count. */
import { soak } from '@valetkey/testbed';

import { parseEndpoints } from '../test/properties/endpoint-hosts.ts';
import { signHostileKeys } from '../test/properties/hostile-keys.ts';
import { compareWithSdk } from '../test/properties/sdk-differential.ts';
import { redactTexts } from '../test/properties/redacted-texts.ts';
import { throwErrors } from '../test/properties/thrown-errors.ts';

const runs = 100_000;

await soak([
  { name: 'no hostile key retargets a URL', runs, run: (count) => ({ ...signHostileKeys(count) }) },
  { name: 'an endpoint is sent as it is signed', runs, run: (count) => ({ ...parseEndpoints(count) }) },
  { name: 'no error shows a secret', runs, run: async (count) => ({ ...(await throwErrors(count)) }) },
  { name: 'redact leaves no secret', runs, run: (count) => ({ ...redactTexts(count) }) },
  {
    name: 'URLs are those of the AWS SDK',
    runs,
    run: async (count) => ({ ...(await compareWithSdk(count)) }),
  },
]);
