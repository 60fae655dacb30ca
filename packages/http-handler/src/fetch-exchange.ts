/** The fetch standard's requests and answers as the service looks at them. */
import { brokenOff, tooLarge, toText } from './body-text.ts';
import type { Answer, Asked, BodyReading } from './exchange.ts';

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

function readText(request: Request, maxBytes: number): BodyReading {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return refused(tooLarge(maxBytes));
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = request.body?.getReader();
  if (reader === undefined) return { text: Promise.resolve(''), cutOff: () => {} };
  let cutOff: (reason: Error) => void = () => {};
  const cut = new Promise<never>((_, reject) => {
    cutOff = reject;
  });
  return { text: readAll(reader, maxBytes, cut), cutOff };
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
  cut: Promise<never>,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read().catch(rethrowBrokenOff), cut]);
      if (done) return toText(chunks);
      bytes += value.byteLength;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      chunks.push(value);
    }
  } catch (error) {
    // Not waited for, since whoever sends may be holding it up; a stream that has failed says so a second time.
    reader.cancel(error).catch(() => error);
    throw error;
  }
}

/** Whoever has the connection fails a stream with an error of its own, when it is cut or too late. */
function rethrowBrokenOff(cause: unknown): never {
  throw brokenOff(cause);
}

function refused(reason: Error): BodyReading {
  return { text: Promise.reject(reason), cutOff: () => {} };
}
