/** `server` of `valetkey.yaml`: the signing service's own part. */
import { z } from 'zod';

const text = (max: number) => z.string().min(1).max(max);
const claims = z.record(text(64), z.union([text(256), z.array(text(256)).min(1).max(64)]));

const staticAuth = z.strictObject({
  kind: z.literal('static'),
  /** The subject's id: a user of that name. */
  id: text(128),
  /** SHA-256 of the bearer token, as 64 hex digits. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: '64 lower-case hex digits' }),
  claims: claims.optional(),
});
const anonymousAuth = z.strictObject({ kind: z.literal('anonymous') });

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
const jwtAuth = z.strictObject({
  kind: z.literal('jwt'),
  /** Exactly as it stands in `iss`. */
  issuer: text(2048),
  /** Who we are to the issuer; one of them has to stand in `aud`. */
  audience: z.union([text(2048), z.array(text(2048)).min(1).max(16)]),
  /** Where the issuer publishes its keys. */
  jwksUrl: z.string().refine(isKeysAddress, { error: 'an https URL, or http of this machine' }),
  algorithms: z.array(z.enum(algorithms)).min(1),
  /** A token made longer ago than this is refused, whatever it says of its end. */
  maxTokenAge: z
    .string()
    .regex(/^(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,6}s)?$/, { error: 'a duration such as 24h' })
    .min(2, { error: 'a duration such as 24h' })
    .default('24h'),
  /** Name of a cookie that may carry the token as well. */
  cookie: z
    .string()
    .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, { error: 'the name of a cookie' })
    .optional(),
});

const podFolder = '/var/run/secrets/kubernetes.io/serviceaccount';
const kubernetesAuth = z.strictObject({
  kind: z.literal('kubernetes'),
  /** For whom workloads ask their token; never the API server's own audience. */
  audience: text(2048),
  /** @default the cluster this runs in */
  server: z.string().refine(isHttps, { error: 'an https URL' }).default('https://kubernetes.default.svc'),
  caFile: text(4096).default(`${podFolder}/ca.crt`),
  tokenFile: text(4096).default(`${podFolder}/token`),
});

const origin = z.string().refine(isOrigin, { error: 'an origin such as https://app.example.com' });

const address = (example: string) =>
  z.string().regex(/^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/, {
    error: `host and port such as ${example}`,
  });

export const serverSchema = z.strictObject(
  {
    listen: address('127.0.0.1:8787'),
    basePath: z
      .string()
      .regex(/^\/(?:[A-Za-z0-9._~-]+(?:\/[A-Za-z0-9._~-]+)*)?$/, { error: 'a path such as / or /sign' })
      .default('/'),
    corsOrigins: z.array(origin).max(256).default([]),
    secrets: z.strictObject({ file: text(4096) }),
    auth: z
      .array(z.discriminatedUnion('kind', [jwtAuth, kubernetesAuth, staticAuth, anonymousAuth]))
      .min(1, { error: 'at least one way to know who asks' })
      .max(1000),
    /** `/metrics`, on an address that callers do not reach. @default not served */
    metrics: z.strictObject({ listen: address('127.0.0.1:9464') }).optional(),
    rateLimits: z
      .strictObject({
        /** Valkey or Redis, where replicas count together. @default each replica for itself */
        redis: z.strictObject({
          url: z.string().refine(isRedisUrl, {
            error: 'redis: or rediss: with a host and no password, such as redis://valkey:6379',
          }),
          passwordFile: text(4096).optional(),
          caFile: text(4096).optional(),
        }),
      })
      .optional(),
    /** The web page, served on the same origin. */
    console: z
      .strictObject({
        /** Folder of its built files. */
        files: text(4096),
        /** Names of the policies that the page works under, in the order they are shown. */
        policies: z.array(text(128)).min(1).max(64),
      })
      .optional(),
  },
  { error: 'the part of the signing service: listen, secrets and auth at least' },
);

/** The checked part. */
export type ServerSettings = z.output<typeof serverSchema>;

/** The one way to know who asks. */
export type AuthSettings = ServerSettings['auth'][number];

function isOrigin(input: string): boolean {
  return URL.canParse(input) && new URL(input).origin === input;
}

function isHttps(input: string): boolean {
  return URL.canParse(input) && new URL(input).protocol === 'https:';
}

function isKeysAddress(input: string): boolean {
  if (isHttps(input)) return true;
  if (!URL.canParse(input)) return false;
  const { protocol, hostname } = new URL(input);
  return protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
}

/** The password stands in a file of its own. */
function isRedisUrl(input: string): boolean {
  if (!URL.canParse(input)) return false;
  const { protocol, hostname, password } = new URL(input);
  return (protocol === 'redis:' || protocol === 'rediss:') && hostname !== '' && password === '';
}
