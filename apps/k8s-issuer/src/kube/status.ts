import { redact } from '@valetkey/core';

import { toJsonObject, toText, type JsonObject } from './json-value.ts';
import { KubeError, type KubeCause } from './kube-error.ts';

const maxMessageLength = 500;

/** Refusals of these kinds quote no values of the object, only names. */
const quotesNoValues = new Set([401, 403, 404, 405, 409, 410, 429, 503, 504]);

/** What an error may tell of an answer. */
interface Refusal {
  readonly status: number;
  /** The answer's body, a `Status` if all is well. */
  readonly body: unknown;
  /** The `Retry-After` header. */
  readonly retryAfter?: string | undefined;
  /** Whether the request was about a Secret: then messages that may quote values are left out. */
  readonly isSecret: boolean;
}

/**
 * Makes an error of a refusal, out of the fields of a `Status` only: reason, message, causes.
 * @internal
 */
export function toKubeError({ status, body, retryAfter, isSecret }: Refusal): KubeError {
  const answer = toJsonObject(body);
  const details = toJsonObject(answer['details']);
  const mayQuote = !isSecret || quotesNoValues.has(status);
  const message = mayQuote ? toMessage(answer['message']) : undefined;
  const seconds = Number(retryAfter ?? details['retryAfterSeconds']);
  return new KubeError({
    status,
    reason: toText(answer['reason']) ?? 'Unknown',
    ...(message === undefined ? {} : { message }),
    causes: toCauses(details['causes'], mayQuote),
    ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfterSeconds: seconds } : {}),
  });
}

function toCauses(causes: unknown, mayQuote: boolean): KubeCause[] {
  return Array.isArray(causes) ? causes.map((cause) => toCause(toJsonObject(cause), mayQuote)) : [];
}

function toCause(cause: JsonObject, mayQuote: boolean): KubeCause {
  const field = toText(cause['field']);
  const reason = toText(cause['reason']);
  const message = mayQuote ? toMessage(cause['message']) : undefined;
  return {
    ...(field === undefined ? {} : { field }),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  };
}

function toMessage(value: unknown): string | undefined {
  const text = toText(value);
  return text === undefined ? undefined : redact(text).slice(0, maxMessageLength);
}
