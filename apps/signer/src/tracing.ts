/**
 * Spans of requests and of the calls they make. An SDK that is loaded beside (`--import`) gets them; without one the
 * caller's `traceparent` is handed on as it came. No span holds an address, since those of stores are signed.
 * W3C Trace Context, section 3.2.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

import {
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
} from '@opentelemetry/api';

const name = 'valetkey-signer';
const traceparentForm = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

interface Running {
  readonly context: Context;
  readonly traceparent: string | undefined;
}

const running = new AsyncLocalStorage<Running>();

/** Runs a request inside its span. `answer` gives the status; the trace's id comes back for the log. */
export async function traceRequest(
  { method, headers }: Request,
  route: string,
  answer: () => Promise<number>,
): Promise<string | undefined> {
  const given = headers.get('traceparent') ?? '';
  const traceparent = traceparentForm.test(given) ? given : undefined;
  const parent = propagation.extract(ROOT_CONTEXT, headers, {
    get: (from, key) => from.get(key) ?? undefined,
    keys: (from) => [...from.keys()],
  });
  const attributes = { 'http.request.method': method, 'http.route': route };
  const span = tracer().startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent);
  const context = trace.setSpan(parent, span);
  await finish(span, () => running.run({ context, traceparent }, answer));
  const { traceId } = span.spanContext();
  return trace.isSpanContextValid(span.spanContext()) ? traceId : traceparent?.slice(3, 35);
}

/** A call that the running request makes, inside a span of its own; `send` is given the headers to add. */
export async function traceCall(
  { method, host }: { readonly method: string; readonly host: string },
  send: (headers: Readonly<Record<string, string>>) => Promise<Response>,
): Promise<Response> {
  const outer = running.getStore();
  const attributes = { 'http.request.method': method, 'server.address': host };
  const span = tracer().startSpan(
    `${method} store`,
    { kind: SpanKind.CLIENT, attributes },
    outer?.context ?? ROOT_CONTEXT,
  );
  const headers: Record<string, string> = {};
  if (outer?.traceparent !== undefined) headers['traceparent'] = outer.traceparent;
  propagation.inject(trace.setSpan(outer?.context ?? ROOT_CONTEXT, span), headers);
  let response: Response | undefined;
  await finish(span, async () => {
    response = await send(headers);
    return response.status;
  });
  if (response === undefined) throw new TypeError('a call that ended has an answer');
  return response;
}

function tracer() {
  // Asked each time: an SDK may be there later than this file.
  return trace.getTracer(name);
}

async function finish(span: Span, run: () => Promise<number>): Promise<void> {
  try {
    const status = await run();
    span.setAttribute('http.response.status_code', status);
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  } catch (error) {
    // Its message may hold an address.
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'an error' });
    throw error;
  } finally {
    span.end();
  }
}
