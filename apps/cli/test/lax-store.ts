import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A store that keeps objects and checks nothing at all: what no real one does, and the doctor must notice. */
export interface LaxStore {
  readonly endpoint: string;
  /** Keys that are there now. */
  readonly keys: () => readonly string[];
  readonly stop: () => Promise<void>;
}

interface StoredObject {
  readonly body: Uint8Array;
  readonly type: string;
}

interface LaxAnswer {
  readonly status: number;
  readonly body?: string | Uint8Array;
  readonly type?: string;
}

/** Resolves when it listens on a free port of 127.0.0.1. */
export async function startLaxStore(): Promise<LaxStore> {
  const objects = new Map<string, StoredObject>();
  const server = createServer((request, response) => void respond(request, response, objects));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The lax store has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    keys: () => [...objects.keys()],
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  objects: Map<string, StoredObject>,
): Promise<void> {
  const { status, body = '', type = 'application/xml' } = await answer(request, objects);
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function answer(request: IncomingMessage, objects: Map<string, StoredObject>): Promise<LaxAnswer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://lax');
  const [, key = ''] = /^\/[^/]*\/(.*)$/s.exec(pathname) ?? [];
  const body = await buffer(request);
  const type = request.headers['content-type'] ?? 'binary/octet-stream';
  if (searchParams.has('uploads') || searchParams.has('uploadId')) return answerMultipart(request.method);
  if (request.method === 'PUT') {
    objects.set(key, { body, type });
    return { status: 200 };
  }
  if (request.method === 'POST') return storeForm(body, type, objects);
  if (request.method === 'DELETE') {
    objects.delete(key);
    return { status: 204 };
  }
  return key === '' ? list(searchParams.get('prefix') ?? '', objects) : read(key, objects);
}

function answerMultipart(method: string | undefined): LaxAnswer {
  if (method === 'POST') return { status: 200, body: '<R><UploadId>u1</UploadId></R>' };
  return { status: method === 'DELETE' ? 204 : method === 'PUT' ? 200 : 404 };
}

async function storeForm(
  body: Uint8Array<ArrayBuffer>,
  type: string,
  objects: Map<string, StoredObject>,
): Promise<LaxAnswer> {
  const form = await new Response(body, { headers: { 'content-type': type } }).formData();
  const [key, file] = [form.get('key'), form.get('file')];
  if (typeof key !== 'string' || !(file instanceof File)) return { status: 400 };
  objects.set(key, { body: await file.bytes(), type: 'binary/octet-stream' });
  return { status: 204 };
}

function list(prefix: string, objects: ReadonlyMap<string, StoredObject>): LaxAnswer {
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix));
  return {
    status: 200,
    body: `<R>${keys.map((key) => `<Key>${encodeURIComponent(key)}</Key>`).join('')}</R>`,
  };
}

function read(key: string, objects: ReadonlyMap<string, StoredObject>): LaxAnswer {
  const stored = objects.get(key);
  return stored === undefined
    ? { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' }
    : { status: 200, ...stored };
}
