/** Node's requests as those of the fetch standard. */
import type { NodeRequest } from './node-shapes.ts';

/** The request with its body, as a stream; without one when only its head is wanted. */
export function toFetchRequest(
  incoming: NodeRequest,
  address: string,
  { withBody = false }: { readonly withBody?: boolean } = {},
): Request {
  const { method = 'GET', headers } = incoming;
  const hasBody = withBody && method !== 'GET' && method !== 'HEAD';
  return new Request(address, {
    method,
    headers: toHeaders(headers),
    ...(hasBody ? { body: bodyOf(incoming), duplex: 'half' } : {}),
  });
}

function toHeaders(from: NodeRequest['headers']): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(from)) {
    if (name.startsWith(':') || value === undefined) continue;
    for (const one of typeof value === 'string' ? [value] : value) headers.append(name, one);
  }
  return headers;
}

function bodyOf(incoming: NodeRequest): ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | string {
  const { body, readableEnded } = incoming;
  if (!readableEnded || body === undefined) return toStream(incoming);
  if (body instanceof Uint8Array) return Uint8Array.from(body);
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** Reads no faster than it is read from; given up, it leaves the connection open for the answer. */
function toStream(incoming: NodeRequest): ReadableStream<Uint8Array> {
  let isOver = false;
  return new ReadableStream({
    start: (controller) => {
      const end = (close: () => void) => () => {
        if (!isOver) close();
        isOver = true;
      };
      incoming.on('data', (chunk) => {
        if (isOver) return;
        controller.enqueue(Uint8Array.from(chunk));
        if ((controller.desiredSize ?? 0) <= 0) incoming.pause();
      });
      incoming.on(
        'end',
        end(() => controller.close()),
      );
      incoming.on('error', (error) => end(() => controller.error(error))());
      incoming.on(
        'close',
        end(() => controller.error(new TypeError('the connection was closed'))),
      );
      incoming.pause();
    },
    pull: () => void incoming.resume(),
    cancel: () => {
      isOver = true;
      incoming.pause();
    },
  });
}
