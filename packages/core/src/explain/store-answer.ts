/** What a store's error says about the request that it refused. */
import { meaningOf } from './answer-meanings.ts';
import { compareCanonical } from './compare-canonical.ts';
import { readErrorDocument } from './error-document.ts';
import type { Explanation, UrlFinding } from './explanation.ts';
import type { RawUrl } from './raw-url.ts';

/** The answer to a request that did not work. @public */
export interface StoreAnswer {
  readonly status: number;
  readonly body: string;
  /** What the request was made with, where it is known. */
  readonly method?: string | undefined;
  /** The headers that were sent, where they are known. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What was asked: the URL, and what its query says of its signature. */
interface AskedUrl {
  readonly url: RawUrl;
  readonly kind: Explanation['kind'];
  /** Those of Signature Version 4; none where the URL has no such signature. */
  readonly signedHeaders: readonly string[] | undefined;
}

/** What the answer means, by the error's code; a signature mismatch is compared line by line. */
export function explainAnswer(
  answer: StoreAnswer,
  { url, kind, signedHeaders }: AskedUrl,
): UrlFinding | undefined {
  if (answer.status < 400) return undefined;
  const error = readErrorDocument(answer.body);
  if (error.code === 'SignatureDoesNotMatch') {
    // The canonical request of Signature Version 4 says nothing about another kind of signature.
    const theirs = signedHeaders === undefined ? '' : error.element('CanonicalRequest');
    const { method, headers } = answer;
    return compareCanonical(theirs, { url, signedHeaders: signedHeaders ?? [], method, headers });
  }
  const meaning = meaningOf(error);
  if (meaning?.code === 'store-denied' && kind === 'unsigned') {
    return {
      ...meaning,
      code: 'store-unsigned',
      message: 'The request carried no signature, and the bucket is not public.',
      fix: 'Use the whole signed URL; a form needs every field of its signature, before the file.',
    };
  }
  return (
    meaning ?? {
      code: 'store-error',
      severity: 'error',
      message: `The store answered with status ${answer.status}${codeWords(error.code)}.`,
      fix: "Look at the store's documentation of the code.",
    }
  );
}

function codeWords(code: string): string {
  return /^[A-Za-z0-9.]{1,64}$/.test(code) ? ` and the code ${code}` : '';
}
