import { parseDurationSeconds, type Clock, type Subject } from '@valetkey/core';
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';

import type { AuthSettings } from '../auth-schema.ts';

/** Settings of one issuer. */
export type JwtSettings = Extract<AuthSettings, { kind: 'jwt' }>;

const clockToleranceSeconds = 60;
const maxSubjectLength = 255;

/**
 * Whom a token of this issuer names: signed by one of its keys with an algorithm that was chosen beforehand, for us,
 * neither too old nor ended. What the token says of keys (`jku`, `x5u`, `jwk`) is not looked at. RFC 8725.
 * @throws ValetkeyError `identity-unavailable` while there are no keys
 */
export async function verifyJwt(
  token: string,
  settings: JwtSettings,
  { keys, clock }: { readonly keys: JWTVerifyGetKey; readonly clock: Clock },
): Promise<Subject | undefined> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: settings.issuer,
      audience: [settings.audience].flat(),
      algorithms: settings.algorithms,
      requiredClaims: ['exp', 'sub', 'aud'],
      clockTolerance: clockToleranceSeconds,
      maxTokenAge: parseDurationSeconds(settings.maxTokenAge, 'maxTokenAge'),
      currentDate: new Date(clock.now()),
    });
    return toSubject(payload);
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

/** Claims that are text, or lists of text: those are what policies can ask for. */
function toSubject({ sub, ...payload }: JWTPayload): Subject | undefined {
  if (typeof sub !== 'string' || sub === '' || sub.length > maxSubjectLength || /\p{Cc}/u.test(sub)) {
    return undefined;
  }
  const claims = Object.entries(payload).filter(([, value]) =>
    [value].flat().every((part) => typeof part === 'string'),
  );
  return { kind: 'user', id: sub, claims: Object.fromEntries(claims) };
}
