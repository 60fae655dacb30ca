import { z } from 'zod';
import { configurationSchema } from './configuration-schema.ts';

/**
 * `valetkey.yaml` as JSON Schema (draft 7, which editors know): completes and checks while somebody writes. What only
 * the code can check, such as that a policy names a store of the file, is not in it.
 * @public
 */
export function toConfigurationJsonSchema(serverSchema: z.ZodType = z.unknown()): Record<string, unknown> {
  const schema = configurationSchema.extend({ server: serverSchema.optional() });
  return z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
}
