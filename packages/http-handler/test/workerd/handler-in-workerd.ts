import { startWorkerd } from '@valetkey/testbed';
import { build } from 'vite';
import { afterAll } from 'vitest';

import type { Refusal } from '../../src/index.ts';
import { headerNames, type ServiceTerms, type ToldEvents } from './terms.ts';

const entry = new URL('worker.ts', import.meta.url).pathname;
let worker: ReturnType<typeof startWorker> | undefined;
afterAll(async () => (await worker)?.stop());

/** Where what the hooks are told goes. */
export interface Told {
  readonly refusals: Refusal[];
  readonly failures: unknown[];
}

/** A handler whose every request is answered by a service in workerd. */
export function handlerInWorkerd(
  terms: ServiceTerms,
  told: Told,
  now: () => number,
): (request: Request) => Promise<Response> {
  const encoded = encodeURIComponent(JSON.stringify(terms));
  return async (request) => {
    worker ??= startWorker();
    const { endpoint } = await worker;
    const headers = new Headers(request.headers);
    headers.set(headerNames.terms, encoded);
    headers.set(headerNames.now, String(now()));
    const { pathname, search } = new URL(request.url);
    const { method, body, signal } = request;
    const answer = await fetch(endpoint + pathname + search, {
      method,
      headers,
      redirect: 'manual',
      signal,
      ...(body === null ? {} : { body, duplex: 'half' }),
    });
    const events: ToldEvents = JSON.parse(decodeURIComponent(answer.headers.get(headerNames.events) ?? ''));
    told.refusals.push(...events.refusals);
    told.failures.push(
      ...events.failures.map((failure) => Object.assign(new Error(failure.message), failure)),
    );
    const shown = new Headers(answer.headers);
    shown.delete(headerNames.events);
    return new Response(answer.body, { status: answer.status, headers: shown });
  };
}

async function startWorker() {
  return startWorkerd({
    'worker.js': `import { handle } from './bundle.js';\nexport default { fetch: handle };`,
    'bundle.js': await bundleWorker(),
  });
}

async function bundleWorker(): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'silent',
    resolve: { conditions: ['@valetkey/source'] },
    build: { write: false, minify: false, target: 'es2023', lib: { entry, formats: ['es'] } },
  });
  const [first] = Array.isArray(output) ? output : [output];
  const [chunk, ...others] = first !== undefined && 'output' in first ? first.output : [];
  if (chunk?.type !== 'chunk' || others.length > 0) throw new Error('expected one module');
  if (chunk.code.includes('node:')) throw new Error('expected nothing of Node in the portable bundle');
  return chunk.code;
}
