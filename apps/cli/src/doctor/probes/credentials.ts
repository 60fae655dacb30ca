import { formatInstant } from '@valetkey/core';
import type { SigningCredentials } from '@valetkey/core/signing';
import { describe, elementOf } from '../answer.ts';
import { fail, pass, type Probe } from '../probe.ts';

const soonMs = 15 * 60_000;
/** What the store's words about keys call for. */
const fixes = new Map([
  ['InvalidAccessKeyId', 'Is the access key one of this store, and still active?'],
  [
    'SignatureDoesNotMatch',
    'The secret is not the one of this access key, or a proxy in front of the store changes the host.',
  ],
  ['ExpiredToken', 'Fetch new credentials: the session has ended.'],
  [
    'InvalidToken',
    'Take key, secret and token of one session, and long-term keys for a store without sessions.',
  ],
]);

/** There are keys, they live for a while, and the store knows them. */
export const credentials: Probe = {
  name: 'credentials',
  essential: true,
  run: async ({ credentials, call, key, clock }) => {
    const keys = await credentials();
    const answer = await call({ method: 'GET', key: key('nothing') });
    const fix = fixes.get(elementOf(answer.body, 'Code'));
    if (fix !== undefined) {
      return fail(`the store does not accept the ${nameOf(keys)}: ${describe(answer)}`, fix);
    }
    const leftMs = keys.expiresAtMs === undefined ? undefined : keys.expiresAtMs - clock.now();
    return leftMs !== undefined && leftMs < soonMs
      ? fail(
          `${nameOf(keys)}; they end in ${Math.max(0, Math.floor(leftMs / 1000))} s, and every URL with them`,
          'Fetch new ones.',
        )
      : pass(nameOf(keys));
  },
};

function nameOf({ accessKeyId, sessionToken, expiresAtMs }: SigningCredentials): string {
  const kind = accessKeyId.startsWith('ASIA') || sessionToken !== undefined ? 'temporary' : 'long-term';
  const end = expiresAtMs === undefined ? '' : `, until ${formatInstant(expiresAtMs)}`;
  return `${kind} keys${end}`;
}
