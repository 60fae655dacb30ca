/**
 * One HTTP request, with the URL on the wire as it was signed: a URL parser would mend it, and a mended URL is
 * another one. A body is sent only once the store has agreed to take it, so that a refusal comes before the bytes.
 */
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { quote, redact, ValetkeyError } from '@valetkey/core';

const idleMs = 60_000;
/** A store that says nothing to `Expect` within this time gets the body all the same. RFC 9110, section 10.1.1. */
const continueMs = 3000;
const smallBytes = 1024 * 1024;

/** What is sent. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: AsyncIterable<Uint8Array> | undefined;
  /**
   * How long, in milliseconds, to wait for a refusal behind the first bytes of a large body. Some stores agree to take
   * it before they look at the signature, and a refusal is lost when a connection closes that is being written to.
   * @default 0
   */
  readonly refusalMs?: number | undefined;
  /** Told of each piece of the body that has gone out. */
  readonly onSent?: ((bytes: number) => void) | undefined;
  readonly signal: AbortSignal;
}

/**
 * The head of the answer, whatever its status; redirects are not followed.
 * @throws ValetkeyError `store-unavailable` for a connection that fails or stands still, `interrupted`,
 * `invalid-configuration` for a text that is no URL; and what reading the body throws
 */
export function sendRequest(options: HttpRequest): Promise<IncomingMessage> {
  const request = open(options);
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    request.on('error', (error) => reject(toConnectionError(error, options)));
    request.setTimeout(idleMs, () => request.destroy(new Error(`nothing passed for ${idleMs / 1000} s`)));
    request.once('response', (response) => {
      isAnswered = true;
      response.once('close', () => request.destroy());
      resolve(response);
    });
    sendBody(request, options, () => isAnswered).catch((error: unknown) => {
      request.destroy();
      reject(toConnectionError(error, options));
    });
  });
}

/** An error of the connection in our words; one of ours as it is. */
export function toConnectionError(
  error: unknown,
  { url, signal }: Pick<HttpRequest, 'url' | 'signal'>,
): unknown {
  if (signal.aborted) return new ValetkeyError('interrupted');
  if (error instanceof ValetkeyError || !(error instanceof Error)) return error;
  const reason = 'code' in error && typeof error.code === 'string' ? error.code : redact(error.message);
  return new ValetkeyError('store-unavailable', {
    field: /^https?:\/\/[^/?#]+/.exec(url)?.[0] ?? 'url',
    expected: 'a connection that lasts',
    got: reason,
    cause: error,
  });
}

function open({ method, url, headers, body, signal }: HttpRequest): ClientRequest {
  const { isHttps, host, hostname, port, target } = parseTarget(url);
  const length = Number(headers['content-length'] ?? 0);
  const expect = body !== undefined && length > smallBytes ? { expect: '100-continue' } : {};
  return (isHttps ? httpsRequest : httpRequest)({
    method,
    hostname,
    port,
    path: target,
    setHost: false,
    headers: { host, ...headers, ...expect },
    signal,
  });
}

function parseTarget(url: string) {
  const [, scheme, host = '', hostname = '', port, path = '', query = ''] =
    /^(https?):\/\/(((?:\[[0-9a-fA-F:.]+\])|[^/?#@:\s]+)(?::(\d{1,5}))?)((?:\/[^?#\s]*)?)(\?[^#\s]*)?$/.exec(
      url,
    ) ?? [];
  // What Node refuses in a request line; whoever signed has encoded it.
  if (scheme === undefined || /[^\u0021-\u007e]/.test(path + query)) {
    throw new ValetkeyError('invalid-configuration', {
      field: 'url',
      expected: 'an absolute http or https URL without user name, fragment and white space',
      got: quote(redact(url).slice(0, 40)),
    });
  }
  const isHttps = scheme === 'https';
  return {
    isHttps,
    host: host.replace(isHttps ? /:443$/ : /:80$/, ''),
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: port === undefined ? (isHttps ? 443 : 80) : Number(port),
    target: `${path === '' ? '/' : path}${query}`,
  };
}

async function sendBody(
  request: ClientRequest,
  { body, onSent, refusalMs = 0 }: HttpRequest,
  isAnswered: () => boolean,
): Promise<void> {
  if (body === undefined) {
    request.end();
    return;
  }
  if (request.hasHeader('expect')) await agreement(request);
  if (isAnswered()) return;
  let mayBeRefused = refusalMs > 0 && request.hasHeader('expect');
  for await (const chunk of body) {
    if (isAnswered() || request.destroyed) return;
    if (!request.write(chunk)) await firstOf(request, ['drain', 'close', 'response']);
    onSent?.(chunk.byteLength);
    if (mayBeRefused && !isAnswered()) await firstOf(request, ['response', 'close'], refusalMs);
    mayBeRefused = false;
  }
  request.end();
}

async function agreement(request: ClientRequest): Promise<void> {
  request.flushHeaders();
  await firstOf(request, ['continue', 'response', 'close'], continueMs);
}

/** Resolves at the first of the events, or when the time is over. */
function firstOf(request: ClientRequest, events: readonly string[], withinMs?: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      for (const event of events) request.off(event, done);
      resolve();
    };
    const timer = withinMs === undefined ? undefined : setTimeout(done, withinMs);
    for (const event of events) request.on(event, done);
    if (request.destroyed) done();
  });
}
