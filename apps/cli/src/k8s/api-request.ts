import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';

import type { KubeConfig } from '@kubernetes/client-node';
import { ValetkeyError } from '@valetkey/core';

const timeoutMs = 15_000;

/** One call of the API server. */
export interface ApiCall {
  readonly method: 'GET' | 'PATCH';
  /** With its query. */
  readonly path: string;
  /** A JSON merge patch. */
  readonly patch?: unknown;
  readonly signal: AbortSignal;
}

/**
 * The parsed answer of a call that succeeded.
 * @throws ValetkeyError `not-found`, `cluster-refused`, `cluster-unavailable`, `interrupted`
 */
export async function callApi(config: KubeConfig, call: ApiCall): Promise<unknown> {
  const { status, body } = await send(config, call);
  if (status >= 200 && status < 300) return body;
  const message = messageOf(body) ?? `status ${status}`;
  if (status === 404) {
    throw new ValetkeyError('not-found', { field: call.path.split('?')[0] ?? '', got: message });
  }
  throw new ValetkeyError(status >= 500 || status === 429 ? 'cluster-unavailable' : 'cluster-refused', {
    expected: `the right to ${call.method} ${call.path.split('?')[0] ?? ''}`,
    got: message,
    ...(status === 401 ? { hint: 'Log in to the cluster again.' } : {}),
  });
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function send(config: KubeConfig, { method, path, patch, signal }: ApiCall): Promise<Answer> {
  const server = config.getCurrentCluster()?.server ?? '';
  try {
    const credentials: Record<string, string> = {};
    const options: RequestOptions = { headers: credentials };
    await config.applyToHTTPSOptions(options);
    const url = new URL(server.replace(/\/$/, '') + path);
    const send_ = url.protocol === 'http:' ? httpRequest : httpsRequest;
    const headers = {
      ...credentials,
      accept: 'application/json',
      ...(patch === undefined ? {} : { 'content-type': 'application/merge-patch+json' }),
    };
    return await new Promise<Answer>((resolve, reject) => {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const sent = send_(url, { ...options, method, headers, signal: bounded });
      sent.on('error', reject);
      sent.on('response', (response) => {
        text(response).then(
          (answer) => resolve({ status: response.statusCode ?? 0, body: parse(answer) }),
          reject,
        );
      });
      sent.end(patch === undefined ? undefined : JSON.stringify(patch));
    });
  } catch (error) {
    if (signal.aborted) throw new ValetkeyError('interrupted', { cause: error });
    throw new ValetkeyError('cluster-unavailable', {
      expected: `an answer of ${server}`,
      got: reasonOf(error),
      hint: 'Look at --kubeconfig and --context, and whether the API server can be reached.',
      cause: error,
    });
  }
}

function parse(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // A proxy's page; its status says what is to be known.
    return undefined;
  }
}

function messageOf(body: unknown): string | undefined {
  return typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string'
    ? body.message
    : undefined;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'an error';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name === 'TimeoutError' ? `nothing within ${timeoutMs / 1000} s` : error.name;
}
