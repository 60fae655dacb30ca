/**
 * The rule of a policy as people write it, in one schema for the configuration file, the HTTP service and
 * SharePolicy. No transforms: {@link compilePolicy} turns text into numbers.
 */
import { z } from 'zod';

const duration = () =>
  z
    .string()
    .min(2)
    .max(16)
    .regex(/^([0-9]+h)?([0-9]+m)?([0-9]+s)?$/, { error: 'hours, minutes and seconds such as 90m or 1h30m' });
const size = () =>
  z
    .string()
    .max(18)
    .regex(/^\d{1,15}(Ki|Mi|Gi|Ti)?$/, { error: 'whole bytes with an optional unit, such as 5Mi' });
const sizeOrNumber = () =>
  z.union([z.int().min(0), size()], { error: 'whole bytes with an optional unit, such as 5Mi' });
const pattern = () => z.string().min(1, { error: 'a pattern of at least one segment' }).max(1024);

const uploadRule = z.strictObject({
  maxSize: sizeOrNumber().optional(),
  minSize: sizeOrNumber().optional(),
  maxFiles: z.int().min(1).max(1000).optional(),
  contentTypes: z.array(z.string().min(3).max(255)).min(1).max(64).optional(),
  checksum: z.enum(['none', 'optional', 'required']).optional(),
  overwrite: z.boolean().optional(),
  metadata: z
    .array(z.string().regex(/^[a-z0-9-]{1,64}$/))
    .max(32)
    .optional(),
  headers: z
    .array(z.enum(['cache-control', 'content-disposition']))
    .max(2)
    .optional(),
  multipartThreshold: sizeOrNumber().optional(),
  partSize: z
    .union([z.literal('auto'), z.int().min(0), size()], { error: 'auto, or bytes such as 16Mi' })
    .optional(),
  session: duration().optional(),
});

const downloadRule = z.strictObject({
  disposition: z.enum(['inline', 'attachment']).optional(),
  cacheWindow: duration().optional(),
  requireVersionId: z.boolean().optional(),
});

/** Actions of a policy. `list` is answered by the service itself and never signed. */
const actionSchema = z.enum(['download', 'upload', 'list', 'delete']);

/** @public */
export type Action = z.output<typeof actionSchema>;

/** The fields of the rule, to be spread into what surrounds it. */
export const ruleFields = {
  actions: z.array(actionSchema).min(1).max(4),
  keys: z.array(pattern()).min(1).max(64),
  exceptKeys: z.array(pattern()).max(64).optional(),
  keySyntax: z.enum(['strict', 'raw']).optional(),
  lifetime: z.strictObject({ default: duration().optional(), max: duration() }).optional(),
  upload: uploadRule.optional(),
  download: downloadRule.optional(),
};

const ruleSchema = z.strictObject(ruleFields);

/**
 * A rule before it is compiled.
 * @public
 */
export type RuleInput = z.input<typeof ruleSchema>;
