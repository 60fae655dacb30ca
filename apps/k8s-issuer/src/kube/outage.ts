import { KubeError } from './kube-error.ts';

/** No whole answer came. */
const connectionReasons = new Set(['ConnectionFailed', 'DeadlineExceeded', 'Aborted']);

/**
 * Whether a call failed because the API server is away or overloaded: then it says nothing about the object.
 * @internal
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof KubeError)) return false;
  return error.status === 0 ? connectionReasons.has(error.reason) : [429, 503, 504].includes(error.status);
}
