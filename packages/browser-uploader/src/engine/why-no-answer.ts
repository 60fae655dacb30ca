/**
 * To a script a page that may not be answered and a host that is not there look alike, but only the first answers a
 * request that asks for nothing. Loaded after requests that nothing came of; nothing of the engine comes along.
 */
interface Asking {
  readonly environment: {
    readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
    readonly pageOrigin: () => string;
  };
  readonly signal: AbortSignal;
}

/**
 * What the bucket's CORS rule lacks, when the store of a URL answers; undefined when it does not, which is a network
 * error like any other. Rejects with the signal's reason.
 */
export async function whyNoStore(url: string, { environment, signal }: Asking): Promise<string | undefined> {
  const { origin } = new URL(url);
  const probe = { mode: 'no-cors', cache: 'no-store', credentials: 'omit', signal } as const;
  const isThere = await environment.fetch(`${origin}/`, probe).then(
    () => true,
    () => false,
  );
  signal.throwIfAborted();
  if (!isThere) return undefined;
  return (
    `The store at ${origin} does not let this page upload (CORS). Its bucket needs a CORS rule with ` +
    `AllowedOrigins ["${environment.pageOrigin()}"], AllowedMethods ["PUT"], AllowedHeaders ["*"], ExposeHeaders ["ETag"].`
  );
}
