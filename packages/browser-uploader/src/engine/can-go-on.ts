import { UploadError } from './upload-error.ts';

/** Failures after which the same upload can go on another time, beside what the service says of its own. */
const lasting: ReadonlySet<string> = new Set([
  'network',
  'cors',
  'stalled',
  'store-refused',
  'line-too-slow',
  'clock-skewed',
  // Whatever the service did not foresee, as of a faulty release: it says nothing of the upload.
  'signing-failed',
  'unauthenticated',
  // The checksum Worker of this page does not start.
  'invalid-configuration',
]);

/** Whether the same file may succeed another time, without the person doing something to it. */
export function canGoOn(error: unknown): boolean {
  return error instanceof UploadError && (error.problem?.retryable || lasting.has(error.code));
}
