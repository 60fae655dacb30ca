import { z } from 'zod';
import { dnsLabel } from './names.ts';
import { objectKeyField } from './object-key-field.ts';
import { withRules } from './rule.ts';

const headerValue = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[\x20-\x7e]+$/);

const responseSchema = z.strictObject({
  contentType: headerValue(255).optional(),
  contentDisposition: headerValue(1024).optional(),
  cacheControl: headerValue(255).optional(),
});

const requestSchema = z.strictObject({
  contentType: headerValue(255).optional(),
  contentLength: z.int().min(0).max(5_497_558_138_880).meta({ format: 'int64' }).optional(),
  checksum: z
    .strictObject({
      algorithm: z.enum(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256']),
      value: z
        .string()
        .min(4)
        .max(64)
        .regex(/^[A-Za-z0-9+/]+={0,2}$/),
    })
    .optional(),
  metadata: withRules(
    z.record(z.string().regex(/^[a-z0-9-]{1,64}$/), headerValue(2048)).meta({ maxProperties: 32 }),
    [
      {
        cel: "self.all(name, name.matches('^[a-z0-9-]{1,64}$'))",
        message: 'must have names of 1 to 64 characters of a-z, 0-9 and -',
      },
    ],
  ).optional(),
  ifNoneMatch: z.literal('*').optional(),
});

/**
 * One object of a Share and what may be done with it.
 * @internal
 */
export const shareObjectSchema = withRules(
  z.strictObject({
    name: dnsLabel().describe('Names the entries in the Secret'),
    key: objectKeyField().describe('Key of the object'),
    method: z.enum(['GET', 'HEAD', 'PUT', 'DELETE']).default('GET').describe('What the URL is for'),
    versionId: headerValue(1024).describe('One version instead of the current one').optional(),
    response: responseSchema.describe('Headers that the store answers with').optional(),
    request: requestSchema.describe('What must be uploaded').optional(),
  }),
  [
    {
      cel: "!has(self.response) || self.method in ['GET', 'HEAD']",
      message: 'response applies to GET and HEAD only',
      holds: ({ response, method }) => response === undefined || method === 'GET' || method === 'HEAD',
    },
    {
      cel: "!has(self.request) || self.method == 'PUT'",
      message: 'request applies to PUT only',
      holds: ({ request, method }) => request === undefined || method === 'PUT',
    },
    {
      cel: "!has(self.versionId) || self.method != 'PUT'",
      message: 'versionId does not apply to PUT',
      holds: ({ versionId, method }) => versionId === undefined || method !== 'PUT',
    },
  ],
);

/** @public */
export type ShareObject = z.output<typeof shareObjectSchema>;
