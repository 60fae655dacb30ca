/** The one call to the Kubernetes API that the service makes, as the pod it runs in. */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';

const deadlineMs = 5000;
const maxBytes = 1024 * 1024;

/** Where the API server is and who we are there. Both files are read at each call: the kubelet renews them. */
export interface KubeApi {
  /** `https://10.0.0.1:443` */
  readonly server: string;
  readonly caFile: string;
  readonly tokenFile: string;
}

/** What the API server said. */
export interface KubeAnswer {
  readonly status: number;
  readonly body: unknown;
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

/**
 * Sends JSON.
 * @throws Error when a file cannot be read or nobody answers in time
 */
export async function postToKube(api: KubeApi, path: string, body: object): Promise<KubeAnswer> {
  const [ca, token] = await Promise.all([readFile(api.caFile, 'utf8'), readFile(api.tokenFile, 'utf8')]);
  const text = JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${token.trim()}`,
    accept: 'application/json',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const signal = AbortSignal.timeout(deadlineMs);
    httpsRequest(new URL(path, api.server), { method: 'POST', ca, agent, signal, headers })
      .once('error', reject)
      .once('response', resolve)
      .end(text);
  });
  return { status: response.statusCode ?? 0, body: JSON.parse(await readBounded(response)) };
}

async function readBounded(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.length > maxBytes) throw new TypeError(`expected at most ${maxBytes} bytes`);
  }
  return text;
}
