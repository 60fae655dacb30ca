import { browserEnvironment, type Environment } from './environment.ts';
import { UploadError } from './upload-error.ts';

/**
 * Passes where there is something to send a file with.
 * @throws UploadError `invalid-configuration` on a server
 */
export function requireBrowser(environment: Environment): void {
  if (environment !== browserEnvironment || typeof XMLHttpRequest !== 'undefined') return;
  throw new UploadError(
    'invalid-configuration',
    'The uploader runs in a browser: expected XMLHttpRequest, got none. On a server use @valetkey/http-handler, in a ' +
      'shell `valetkey put`.',
  );
}
