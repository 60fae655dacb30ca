import { KubeError } from './kube-error.ts';

/** No whole answer came. */
const connectionReasons = new Set(['ConnectionFailed', 'DeadlineExceeded', 'Aborted']);
/** Answers that ask to come back later. */
const laterStatuses = new Set([429, 503, 504]);

/**
 * Whether a call failed because the API server is away or overloaded: then it says nothing about the object.
 * @internal
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof KubeError)) return false;
  return error.status === 0 ? connectionReasons.has(error.reason) : laterStatuses.has(error.status);
}

/**
 * What kind of outage a call failed in; undefined when it did in none.
 * @internal
 */
export function outageKindOf(error: unknown): string | undefined {
  return error instanceof KubeError && isOutage(error) ? `${error.status} ${error.reason}` : undefined;
}

/**
 * Whether a call's code, as it is counted, is an answer of a server that is there and does not ask to come back later.
 * @internal
 */
export function isServingCode(code: string): boolean {
  return /^\d+$/.test(code) && !laterStatuses.has(Number(code));
}
