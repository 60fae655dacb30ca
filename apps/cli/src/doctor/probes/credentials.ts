import { formatInstant } from '@valetkey/core';
import type { SigningCredentials } from '@valetkey/core/signing';
import { describe, failedBy, type Answer } from '../answer.ts';
import { fail, pass, type Finding, type Probe } from '../probe.ts';

const soonMs = 15 * 60_000;
const ofTheKeys = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
  'InvalidClientTokenId',
]);

/** There are keys, they live for a while, and the store knows them. */
export const credentials: Probe = {
  name: 'credentials',
  essential: true,
  run: async ({ credentials, call, key, clock }) => {
    const keys = await credentials();
    const answer = await call({ method: 'GET', key: key('nothing') });
    const code = describe(answer).split(' ')[1];
    if (code !== undefined && ofTheKeys.has(code)) return refused(answer);
    const leftMs = keys.expiresAtMs === undefined ? undefined : keys.expiresAtMs - clock.now();
    return leftMs !== undefined && leftMs < soonMs
      ? fail(
          `${nameOf(keys)}; they end in ${Math.max(0, Math.floor(leftMs / 1000))} s, and every URL with them`,
          'Fetch new ones.',
        )
      : pass(nameOf(keys));
  },
};

function refused(answer: Answer): Finding {
  return failedBy(
    answer,
    'the store does not accept the keys',
    'Is the secret the one of this access key, and the key one of this store?',
  );
}

function nameOf({ accessKeyId, sessionToken, expiresAtMs }: SigningCredentials): string {
  const kind = accessKeyId.startsWith('ASIA') || sessionToken !== undefined ? 'temporary' : 'long-term';
  const end = expiresAtMs === undefined ? '' : `, until ${formatInstant(expiresAtMs)}`;
  return `${kind} keys${end}`;
}
