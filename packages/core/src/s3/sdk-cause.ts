/**
 * An error of the SDK as a cause that may be kept: its name, message and causes, and nothing that hangs on it. The SDK
 * hangs the whole answer there, and on that the request with its keys.
 */
export function sdkCause(error: unknown): Error {
  if (!(error instanceof Error)) return new Error('something was thrown that is no error');
  const cause = error.cause === undefined ? {} : { cause: sdkCause(error.cause) };
  // A parser's message quotes what it could not read, which may be keys.
  const message = error instanceof SyntaxError ? 'an answer that could not be read' : error.message;
  const copy = new Error(message, cause);
  copy.name = error.name;
  return copy;
}
