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

const origin = z.string().refine(isOrigin, { error: 'an origin such as https://app.example.com' });

export const serverSchema = z.strictObject(
  {
    listen: z.string().regex(/^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/, {
      error: 'host and port such as 127.0.0.1:8787',
    }),
    basePath: z
      .string()
      .regex(/^\/(?:[A-Za-z0-9._~-]+(?:\/[A-Za-z0-9._~-]+)*)?$/, { error: 'a path such as / or /sign' })
      .default('/'),
    corsOrigins: z.array(origin).max(256).default([]),
    secrets: z.strictObject({ file: text(4096) }),
    auth: z
      .array(z.discriminatedUnion('kind', [staticAuth, anonymousAuth]))
      .min(1, { error: 'at least one way to know who asks' })
      .max(1000),
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
