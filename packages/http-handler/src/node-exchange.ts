/** Node's requests as the service looks at them, without streams and objects of the fetch standard. */
import { brokenOff, tooLarge, toText } from './body-text.ts';
import type { Asked, BodyReading } from './exchange.ts';
import { toFetchRequest } from './node-request.ts';
import type { NodeRequest } from './node-shapes.ts';

/** Reads nothing of the body before it is asked to. */
export function fromNode(incoming: NodeRequest, address: string): Asked {
  const { method = 'GET', headers } = incoming;
  return {
    method,
    target: toTarget(incoming.url ?? '/', address),
    header: (name) => {
      const value = headers[name];
      if (value === undefined) return null;
      return typeof value === 'string' ? value : value.join(', ');
    },
    readText: (maxBytes) => readText(incoming, maxBytes),
    toRequest: () => toFetchRequest(incoming, address),
  };
}

/** As `URL` has it; what is plain is so already. */
function toTarget(url: string, address: string): string {
  if (/^[\w\-.~!$&()*+,;=:@%/?]*$/.test(url) && !/\/(?:\.|%2e)/i.test(url)) return url;
  const { pathname, search } = new URL(address);
  return pathname + search;
}

/** A body over the limit is read no further; the connection stays open for the answer. */
function readText(incoming: NodeRequest, maxBytes: number): BodyReading {
  const { body, readableEnded, destroyed, headers } = incoming;
  if (readableEnded && body !== undefined) return settled(readParsed(body, maxBytes));
  // It may have gone while it was asked who asks; it tells so once.
  if (destroyed === true && !readableEnded) return settled(Promise.reject(brokenOff()));
  if (Number(headers['content-length'] ?? 0) > maxBytes) return settled(Promise.reject(tooLarge(maxBytes)));
  let cutOff: (reason: Error) => void = () => {};
  const text = new Promise<string>((resolve, reject) => {
    let chunks: Uint8Array[] = [];
    let bytes = 0;
    let isOver = false;
    cutOff = (reason) => {
      isOver = true;
      chunks = [];
      incoming.pause();
      reject(reason);
    };
    incoming.on('data', (chunk) => {
      if (isOver) return;
      bytes += chunk.byteLength;
      if (bytes <= maxBytes) chunks.push(chunk);
      else cutOff(tooLarge(maxBytes));
    });
    incoming.on('end', () => {
      isOver = true;
      try {
        resolve(toText(chunks));
      } catch (error) {
        reject(error);
      }
    });
    incoming.on('error', (cause) => reject(brokenOff(cause)));
    incoming.on('close', () => {
      // Comes after every request: an error made for nothing costs more than the body.
      if (!isOver) reject(brokenOff());
    });
  });
  return { text, cutOff };
}

function settled(text: Promise<string>): BodyReading {
  return { text, cutOff: () => {} };
}

async function readParsed(body: unknown, maxBytes: number): Promise<string> {
  const text =
    body instanceof Uint8Array ? toText([body]) : typeof body === 'string' ? body : JSON.stringify(body);
  if (text.length > maxBytes) throw tooLarge(maxBytes);
  return text;
}
