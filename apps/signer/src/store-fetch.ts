import type { Metrics } from './metrics.ts';
import { traceCall } from './tracing.ts';

/** `fetch` for the calls of stores: counted, timed, and part of the request's trace. */
export function createStoreFetch({
  storeCalled,
}: Pick<Metrics, 'storeCalled'>): (url: string, init: RequestInit) => Promise<Response> {
  return async (url, init) => {
    const { method = 'GET' } = init;
    const startedAt = performance.now();
    let status = 'none';
    try {
      const response = await traceCall({ method, host: new URL(url).host }, (added) => {
        const headers = new Headers(init.headers);
        for (const [name, value] of Object.entries(added)) headers.set(name, value);
        return fetch(url, { ...init, headers });
      });
      status = String(response.status);
      return response;
    } finally {
      storeCalled({ method, status, seconds: (performance.now() - startedAt) / 1000 });
    }
  };
}
