import { redact } from '../grammar/redact.ts';

/**
 * An error as it may be logged: name, message and stack with every presigned URL redacted, and its causes. No
 * other property, since a library may hang a request or its headers on an error.
 * @public
 */
export function redactError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { message: redact(String(error)) };
  return {
    type: error.name,
    message: redact(error.message),
    stack: redact(error.stack ?? ''),
    ...(error.cause === undefined ? {} : { cause: redactError(error.cause) }),
  };
}
