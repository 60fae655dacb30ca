/** The fetch standard's requests and answers as the service looks at them. */
import { tooLarge, toText } from './body-text.ts';
import type { Answer, Asked } from './exchange.ts';

/** Reads nothing of the body before it is asked to. */
export function fromRequest(request: Request): Asked {
  const { url, headers } = request;
  const start = url.indexOf('/', url.indexOf('//') + 2);
  const end = url.indexOf('#', start);
  return {
    method: request.method,
    target: end < 0 ? url.slice(start) : url.slice(start, end),
    header: (name) => headers.get(name),
    readText: (maxBytes) => readText(request, maxBytes),
    toRequest: () => request,
  };
}

/** An answer of the fetch standard. */
export function toResponse({ status, headers, body }: Answer): Response {
  return new Response(body === '' ? null : body, { status, headers });
}

async function readText(request: Request, maxBytes: number): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = request.body?.getReader();
  if (reader === undefined) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    bytes += chunk.value.byteLength;
    if (bytes > maxBytes) {
      await reader.cancel();
      throw tooLarge(maxBytes);
    }
    chunks.push(chunk.value);
  }
  return toText(chunks);
}
