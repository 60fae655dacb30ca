/**
 * A browser tells a page next to nothing of a Worker that does not start, but the page can ask for its file. Loaded
 * when one has not started.
 */
import { UploadError } from '../upload-error.ts';

const probeMs = 5000;

/** @param reason What the browser said, if anything */
export async function whyNoWorker(url: URL, reason: string | undefined): Promise<UploadError> {
  const got = reason || (await answerOf(url));
  return new UploadError(
    'invalid-configuration',
    `The checksum Worker did not start: expected its JavaScript at ${url.pathname}, got ${got}. Serve ` +
      `checksum-worker.js there or name its address with workerUrl (Vite: ?url&no-inline), and allow it in the page's ` +
      `CSP: worker-src 'self', trusted-types valetkey.`,
  );
}

function answerOf(url: URL): Promise<string> {
  return fetch(url, { signal: AbortSignal.timeout(probeMs) }).then(
    ({ ok, status, headers }) =>
      ok ? `${headers.get('content-type')} that does not run` : `status ${status}`,
    () => 'no answer',
  );
}
