/**
 * What a page may never need, loaded when it does. The one file for plain pages has everything in it: there
 * `on-demand-bundled.ts` stands in the place of this file.
 */
import { UploadError } from './upload-error.ts';

const nothing = () => undefined;

/** The upload of files in parts: most files of most pages are smaller. @throws UploadError */
export const loadUploadParts = () =>
  import('./upload-parts.ts').catch((cause: unknown) => {
    throw new UploadError('network', 'Load the page again.', { cause });
  });

/** What shows that bytes are the same. Where it cannot be loaded nothing is shown, and all is sent again. */
export const loadSameBytes = () => import('./resume/same-bytes.ts').catch(nothing);

/** Undefined where it cannot be loaded: it is behind the same line as what did not answer. */
export const loadWhyNoAnswer = () => import('./why-no-answer.ts').catch(nothing);

/** Rejects with what the browser says when it cannot be loaded either. */
export const loadWhyNoWorker = () => import('./integrity/why-no-worker.ts');
