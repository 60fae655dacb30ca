/** Spans as a real SDK gets them, and what is handed on without one. */
import { context, propagation, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterEach, describe, expect, test } from 'vitest';

import { traceCall, traceRequest } from './tracing.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;

async function exchange(given: string | undefined, status = 200) {
  const sent: Readonly<Record<string, string>>[] = [];
  const request = new Request('http://signer/v1/downloads?token=secret', {
    headers: given === undefined ? {} : { traceparent: given },
  });
  const logged = await traceRequest(request, '/v1/downloads', async () => {
    await traceCall({ method: 'HEAD', host: 'store.example' }, async (headers) => {
      sent.push(headers);
      return new Response(null, { status });
    });
    return 200;
  });
  return { logged, sent: sent[0]?.['traceparent'] };
}

describe('without an SDK', () => {
  test("the caller's trace goes on to the store and into the log", async () => {
    expect(await exchange(traceparent)).toEqual({ logged: traceId, sent: traceparent });
  });

  test.each([
    undefined,
    '',
    'nonsense',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `${traceparent}-x`,
    traceparent.toUpperCase(),
    `ff-${traceId}-00f067aa0ba902b7-01`,
  ])('%j is no trace and is handed to nobody', async (given) => {
    expect(await exchange(given)).toEqual({ logged: undefined, sent: undefined });
  });
});

describe('with an SDK', () => {
  function start() {
    const exporter = new InMemorySpanExporter();
    const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    provider.register();
    return exporter;
  }
  afterEach(() => {
    trace.disable();
    propagation.disable();
    context.disable();
  });

  test("a request is a span below the caller's, and a call of a store one below that", async () => {
    const exporter = start();
    const { logged, sent } = await exchange(traceparent);
    const [call, request] = exporter.getFinishedSpans();
    expect(logged).toBe(traceId);
    expect(request).toMatchObject({
      name: 'GET /v1/downloads',
      attributes: { 'http.route': '/v1/downloads', 'http.response.status_code': 200 },
    });
    expect(request?.parentSpanContext?.spanId).toBe('00f067aa0ba902b7');
    expect(call?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
    expect(sent).toBe(`00-${traceId}-${call?.spanContext().spanId}-01`);
    expect(JSON.stringify([call?.attributes, request?.attributes])).not.toMatch(/secret|token/);
  });

  test('two requests at once keep their traces apart', async () => {
    const exporter = start();
    await Promise.all([exchange(traceparent), exchange(undefined)]);
    const ids = exporter.getFinishedSpans().map((span) => span.spanContext().traceId);
    expect(ids.filter((id) => id === traceId)).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
  });

  test('what fails is marked, by the name of the error alone', async () => {
    const exporter = start();
    const call = traceCall({ method: 'GET', host: 'store.example' }, () =>
      Promise.reject(new TypeError('https://store.example/?X-Amz-Signature=secret')),
    );
    await expect(call).rejects.toThrow(TypeError);
    const [span] = exporter.getFinishedSpans();
    expect(span?.status).toEqual({ code: 2, message: 'TypeError' });
    expect(span?.events).toEqual([]);
  });
});
