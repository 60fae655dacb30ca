import { parseHttpDate, type Clock } from '@valetkey/core';

import type { Timers } from '../runtime/timer.ts';
import type { Answer, Listener } from './answer.ts';
import { toAuthorization } from './authorization.ts';
import type { ClusterAccess } from './cluster-access.ts';
import type { DateSample } from './cluster-clock.ts';
import { createConnections, type PoolKind } from './connections.ts';
import { startDeadline } from './deadline.ts';
import { exchange, toConnectionError } from './exchange.ts';
import { parseJson } from './json-value.ts';
import { createLineReader } from './lines.ts';
import { parseServer, toUrl, type Query } from './server-url.ts';
import { watchTlsMaterial } from './tls-material.ts';

const defaultTimeoutMs = 30_000;

/**
 * One call of the API.
 * @internal
 */
export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the API server's root: `/api/v1/namespaces/a/secrets`. Its parts are encoded already. */
  readonly path: string;
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** @default 'application/json' */
  readonly contentType?: string;
  /** @default 'application/json' */
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
  /** For the whole call, a wait for a free connection included. @default 30000 */
  readonly timeoutMs?: number;
  /** `lease` has connections of its own, so that a renewal never waits behind other calls. @default 'calls' */
  readonly pool?: 'calls' | 'lease';
  /**
   * Called right before the request's first byte goes out, after every wait. What it throws, the call rejects
   * with, and nothing is sent.
   */
  readonly beforeSend?: () => void;
}

/** A watch: one answer of many lines. */
interface StreamRequest {
  readonly path: string;
  readonly query: Query;
  /** Ends it. There is no other deadline: silence is for the caller to judge. */
  readonly signal: AbortSignal;
  /** Called once the server has answered 2xx. */
  readonly onOpen: () => void;
  /** Called for each line; `stop` ends the stream. What it throws, the stream rejects with. */
  readonly onLine: (line: string) => 'stop' | void;
}

/**
 * What came back, refusals included.
 * @internal
 */
export interface KubeAnswer {
  readonly status: number;
  /** Parsed if it is JSON, else its text; empty after a stream. */
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * HTTP to one API server, as one user.
 * @internal
 */
export interface KubeTransport {
  /**
   * Calls the API; any status is an answer.
   * @throws KubeError with status 0: `ConnectionFailed`, `DeadlineExceeded`, `Aborted`, `MalformedAnswer`.
   */
  request(request: KubeRequest): Promise<KubeAnswer>;
  /** Reads an answer line by line until it ends. @throws as `request` does. */
  stream(request: StreamRequest): Promise<KubeAnswer>;
  /** Breaks all connections; calls under way reject. */
  close(): Promise<void>;
}

/**
 * Creates a transport from a loaded kubeconfig's current context. It connects at the first request.
 * @throws ValetkeyError `invalid-configuration` when no cluster is chosen or its address is no URL
 * @internal
 */
export function createKubeTransport(options: {
  readonly config: ClusterAccess;
  /** The machine's. */
  readonly clock: Clock;
  readonly timers: Timers;
  /** @default 'valetkey-k8s-issuer' */
  readonly userAgent?: string;
  /** Told of each call's end: its status, or `<error>` when there was no answer. @default nobody */
  readonly onCall?: (call: { readonly method: string; readonly code: string; readonly host: string }) => void;
  /** Told what each answer says of the server's clock. @default nobody */
  readonly onDate?: (sample: DateSample) => void;
}): KubeTransport {
  const { config, clock, timers, userAgent = 'valetkey-k8s-issuer', onCall = () => undefined } = options;
  const { onDate = () => undefined } = options;
  const server = parseServer(config);
  const fixedHeaders = { 'user-agent': userAgent, ...toImpersonation(config) };
  const authorization = toAuthorization(config, timers);
  const connections = createConnections(watchTlsMaterial(config, timers));

  const answered = (method: string, { status, headers }: Omit<Answer, 'text'>, sentMs: number): void => {
    onCall({ method, code: String(status), host: server.host });
    const dateMs = parseHttpDate(toOne(headers['date']));
    if (dateMs !== undefined) onDate({ dateMs, sentMs, receivedMs: clock.now() });
  };
  const call = async (kind: PoolKind, request: KubeRequest, listener: Listener): Promise<KubeAnswer> => {
    const { method, path, query, body, accept = 'application/json' } = request;
    const contentType =
      body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' };
    const sentMs = clock.now();
    let isAnswered = false;
    try {
      const answer = await exchange(connections.pool(kind), authorization, {
        ...listener,
        method,
        url: toUrl(server, path, query),
        headers: { ...fixedHeaders, accept, ...contentType },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        onHead(head) {
          isAnswered = true;
          answered(method, head, sentMs);
          return listener.onHead?.(head);
        },
      });
      return toKubeAnswer(answer);
    } catch (error) {
      if (!isAnswered) onCall({ method, code: '<error>', host: server.host });
      throw error;
    }
  };

  return {
    async request(request) {
      const kind = request.pool ?? 'calls';
      const deadline = startDeadline(timers, request.timeoutMs ?? defaultTimeoutMs, request.signal);
      const { beforeSend } = request;
      try {
        return await call(kind, request, {
          signal: deadline.signal,
          ...(beforeSend === undefined ? {} : { beforeSend }),
        });
      } catch (error) {
        // The peer may be gone without a word, and then every idle connection to it is dead as well.
        if (deadline.hasPassed()) connections.renew(kind);
        throw toConnectionError(error, deadline);
      } finally {
        deadline.clear();
      }
    },
    async stream({ path, query, signal, onOpen, onLine }) {
      const deadline = startDeadline(timers, undefined, signal);
      try {
        return await call(
          'watches',
          { method: 'GET', path, query },
          {
            signal: deadline.signal,
            onHead({ status }) {
              if (status >= 300) return undefined;
              onOpen();
              return createLineReader(onLine);
            },
          },
        );
      } catch (error) {
        throw toConnectionError(error, deadline);
      } finally {
        deadline.clear();
      }
    },
    close: () => connections.destroy(),
  };
}

function toKubeAnswer({ status, headers, text }: Answer): KubeAnswer {
  const isJson = toOne(headers['content-type'])?.includes('json') === true;
  return { status, body: isJson && text !== '' ? parseJson(text) : text, headers };
}

function toImpersonation(config: ClusterAccess): Record<string, string> {
  const name = config.getCurrentUser()?.impersonateUser;
  return name === undefined || name === '' ? {} : { 'impersonate-user': name };
}

function toOne(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
