/** `server.auth` of `valetkey.yaml`: the ways to know who asks. */
import { parseDurationSeconds, ValetkeyError } from '@valetkey/core';
import { z } from 'zod';

import { isHttps, isKeysAddress } from './addresses.ts';

const text = (max: number) => z.string().min(1).max(max);
const claims = z.record(text(64), z.union([text(256), z.array(text(256)).min(1).max(64)]));
const podFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Public keys only: with a shared key, whoever can check a token can make one. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

/** Of characters that stand in a key as they are. */
const subjectPrefix = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/, {
    error: '1 to 32 of letters, digits, dots, dashes and underscores, such as partner-',
  })
  .optional()
  .describe(
    'put in front of every subject’s id (and namespace), so that nobody of another issuer or cluster is taken for it; where there are several, all but one need it',
  );

const jwtAuth = z.strictObject({
  kind: z.literal('jwt'),
  issuer: text(2048).describe('exactly as it stands in `iss`'),
  audience: z
    .union([text(2048), z.array(text(2048)).min(1).max(16)])
    .describe('who we are to the issuer or cluster; with a list, one of it has to stand in `aud`'),
  jwksUrl: z
    .string()
    .refine(isKeysAddress, { error: 'an https URL, or http of this machine' })
    .describe('where the issuer publishes its keys; https, or http of this machine'),
  algorithms: z.array(z.enum(algorithms)).min(1).describe('those that tokens may be signed with'),
  maxTokenAge: z
    .string()
    .refine(isDuration, { error: 'a duration such as 24h' })
    .default('24h')
    .describe('a token made longer ago is refused, whatever it says of its end'),
  subjectPrefix,
  cookie: z
    .string()
    .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, { error: 'the name of a cookie' })
    .optional()
    .describe('name of a cookie that may carry the token as well, from pages of `corsOrigins`'),
});

const kubernetesAuth = z.strictObject({
  kind: z.literal('kubernetes'),
  audience: text(2048).describe(
    'what workloads ask their token for; never the audience of the API server itself',
  ),
  server: z
    .string()
    .refine(isHttps, { error: 'an https URL' })
    .default('https://kubernetes.default.svc')
    .describe('the API server'),
  caFile: text(4096).default(`${podFolder}/ca.crt`).describe('its certificate authority'),
  tokenFile: text(4096).default(`${podFolder}/token`).describe('our own token there, read at each call'),
  subjectPrefix,
});

const digestOf = 'printf %s "$TOKEN" | sha256sum (a token: openssl rand -hex 32)';
/** SHA-256 of nothing, which is what a variable comes to that is not set, and of `test`. */
const worthless = new Set([
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
]);

const staticAuth = z.strictObject({
  kind: z.literal('static'),
  id: text(128).describe('the subject is a user of this id'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: `64 lower-case hex digits, as made by ${digestOf}` })
    .refine((digest) => !worthless.has(digest), {
      error: `the digest of a token that nobody can guess, as made by ${digestOf}`,
    })
    .describe('SHA-256 of the bearer token, as 64 hex digits'),
  claims: claims.optional().describe('what policies may ask of the subject'),
  subjectPrefix,
});

const anonymousAuth = z.strictObject({ kind: z.literal('anonymous') });

export const authSchema = z.discriminatedUnion('kind', [jwtAuth, kubernetesAuth, staticAuth, anonymousAuth]);

/** One way to know who asks. */
export type AuthSettings = z.output<typeof authSchema>;

function isDuration(input: string): boolean {
  try {
    return parseDurationSeconds(input, 'maxTokenAge') > 0;
  } catch (error) {
    if (error instanceof ValetkeyError) return false;
    throw error;
  }
}
