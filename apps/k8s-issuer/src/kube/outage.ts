import { KubeError } from './kube-error.ts';

/**
 * Whether a call failed because the API server is away or overloaded: then it says nothing about the object.
 * @internal
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof KubeError)) return false;
  if (error.status === 0) return error.reason !== 'MalformedAnswer' && error.reason !== 'NotLeader';
  return [429, 503, 504].includes(error.status);
}
