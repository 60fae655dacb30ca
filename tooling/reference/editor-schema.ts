import { toConfigurationJsonSchema } from '@valetkey/core/s3';

import { serverSchema } from '../../apps/signer/src/server-schema.ts';

/** `apps/signer/valetkey.schema.json`: all three parts of the file, for editors. */
export function toEditorSchema(): string {
  const schema = { title: 'valetkey.yaml', ...toConfigurationJsonSchema(serverSchema) };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
