import type { Environment } from './environment.ts';
import { UploadError } from './upload-error.ts';

/**
 * After PUTs that sent nothing: a page that may not be answered and a store that is not there look alike, but
 * only the first answers a request that asks for nothing.
 * @throws UploadError `cors`
 */
export async function checkReachable(
  url: string,
  { environment, signal }: { readonly environment: Environment; readonly signal: AbortSignal },
): Promise<void> {
  const { origin } = new URL(url);
  try {
    await environment.fetch(`${origin}/`, {
      mode: 'no-cors',
      cache: 'no-store',
      credentials: 'omit',
      signal,
    });
  } catch {
    // Not there either: a network error like any other, tried again by the caller.
    signal.throwIfAborted();
    return;
  }
  const page = environment.pageOrigin();
  throw new UploadError(
    'cors',
    `The store at ${origin} does not let this page upload (CORS). Its bucket needs a CORS rule with ` +
      `AllowedOrigins ["${page}"], AllowedMethods ["PUT"], AllowedHeaders ["*"], ExposeHeaders ["ETag"].`,
  );
}
