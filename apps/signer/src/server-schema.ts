/** `server` of `valetkey.yaml`: the signing service's own part. */
import { z } from 'zod';

import { isOrigin, isRedisUrl } from './addresses.ts';
import { authSchema } from './auth-schema.ts';

const text = (max: number) => z.string().min(1).max(max);
const origin = z.string().refine(isOrigin, { error: 'an origin such as https://app.example.com' });
const address = (example: string) =>
  z.string().regex(/^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/, {
    error: `host and port such as ${example}`,
  });

const redisSchema = z.strictObject({
  url: z
    .string()
    .refine(isRedisUrl, {
      error: 'redis: or rediss: with a host and no password, such as redis://valkey:6379',
    })
    .describe('such as `redis://valkey:6379`; `rediss:` for TLS; no password in it'),
  passwordFile: text(4096).optional().describe('file with the password'),
  caFile: text(4096).optional().describe('certificate authority in PEM, where it is not a public one'),
});

export const serverSchema = z.strictObject(
  {
    listen: address('127.0.0.1:8787').describe('host and port'),
    basePath: z
      .string()
      .regex(/^\/(?:[A-Za-z0-9._~-]+(?:\/[A-Za-z0-9._~-]+)*)?$/, { error: 'a path such as / or /sign' })
      .default('/')
      .describe('path in front of `/v1`'),
    corsOrigins: z
      .array(origin)
      .max(256)
      .default([])
      .describe('pages that may read answers, by exact origin'),
    corsHeaders: z
      .array(
        z.string().regex(/^[A-Za-z0-9-]{1,128}$/, { error: 'the name of a header, such as x-csrf-token' }),
      )
      .max(64)
      .default([])
      .describe(
        'request headers that those pages may send beside `authorization`, `content-type`, `traceparent`',
      ),
    secrets: z
      .strictObject({
        file: text(4096).describe('one secret a line in base64, newest first; followed while serving'),
      })
      .describe("the service's own secrets"),
    receipts: z
      .strictObject({
        keyFile: text(4096).describe(
          'Ed25519 private keys in PEM, newest first: the first signs receipts, all are published; followed while serving',
        ),
      })
      .optional()
      .describe('a key of their own for receipts, so that who verifies them cannot make them'),
    auth: z
      .array(authSchema)
      .min(1, { error: 'at least one way to know who asks' })
      .max(1000)
      .describe('the ways to know who asks'),
    metrics: z
      .strictObject({ listen: address('127.0.0.1:9464').describe('host and port that callers do not reach') })
      .optional()
      .describe('`/metrics`; not served without it'),
    rateLimits: z
      .strictObject({ redis: redisSchema.describe('Valkey or Redis') })
      .optional()
      .describe('where replicas count together; each for itself without it'),
    console: z
      .strictObject({
        files: text(4096).describe('folder of its built files'),
        policies: z
          .array(text(128))
          .min(1)
          .max(64)
          .describe('names of the policies it works under, in the order they are shown'),
      })
      .optional()
      .describe('the web page, served on the same origin'),
  },
  { error: 'the part of the signing service: listen, secrets and auth at least' },
);

/** The checked part. */
export type ServerSettings = z.output<typeof serverSchema>;
