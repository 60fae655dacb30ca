/// <reference types="node" />
/** Connections that send one request after another, each when the answer to the one before is complete. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What is sent, by how many, how often. */
export interface Load {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly connections: number;
  readonly requests: number;
}

/** What came back. */
export interface LoadResult {
  readonly seconds: number;
  /** How long each accepted request took, in milliseconds. */
  readonly acceptedMs: readonly number[];
  /** Answers 429 and 503. */
  readonly refused: number;
  /** Those of them that say when to come back. */
  readonly withRetryAfter: number;
}

/** Sends all requests; throws on any answer that is neither 200 nor a refusal. */
export async function run({ port, path, body, connections, requests }: Load): Promise<LoadResult> {
  const bytes = Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: server\r\nauthorization: Bearer x\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  const acceptedMs: number[] = [];
  const counts = { left: requests, refused: 0, withRetryAfter: 0 };
  const startedAt = performance.now();
  await Promise.all(
    sockets.map(async (socket) => {
      const answers = answersOf(socket);
      while (counts.left > 0) {
        counts.left -= 1;
        const sentAt = performance.now();
        socket.write(bytes);
        const { value: head } = await answers.next();
        const status = Number(String(head).slice(9, 12));
        if (status === 200) acceptedMs.push(performance.now() - sentAt);
        else if (status === 429 || status === 503) {
          counts.refused += 1;
          if (/\r\nretry-after: \d+/i.test(String(head))) counts.withRetryAfter += 1;
        } else throw new Error(`expected 200, 429 or 503, got ${status}`);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  for (const socket of sockets) socket.destroy();
  return { seconds, acceptedMs, refused: counts.refused, withRetryAfter: counts.withRetryAfter };
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** The head of each answer, once its body is there too. */
async function* answersOf(socket: Socket): AsyncGenerator<string> {
  let received: Buffer = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const end = received.indexOf('\r\n\r\n');
    if (end < 0) continue;
    const head = received.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
    if (Number.isNaN(length)) throw new Error('expected an answer that says its length');
    if (received.length < end + 4 + length) continue;
    received = received.subarray(end + 4 + length);
    yield head;
  }
}
