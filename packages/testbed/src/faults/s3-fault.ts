import type { StatusFault } from './fault-rule.ts';

/**
 * An error as an S3 store answers it, readable for the page that asked. With status 200 it is what a store sends
 * that finds out too late that it cannot complete an upload.
 *
 * @internal
 */
export const s3Fault = (
  status: number,
  code: string,
  {
    message = code,
    headers = {},
  }: { readonly message?: string; readonly headers?: StatusFault['headers'] } = {},
): StatusFault => ({
  kind: 'status',
  status,
  headers: headers ?? {},
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  contentType: 'application/xml',
  corsHeaders: true,
});
