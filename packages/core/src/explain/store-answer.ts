/** What a store's error says about the request that it refused. */
import { toCanonicalRequest } from './canonical-request.ts';
import type { UrlFinding } from './explanation.ts';
import type { RawUrl } from './raw-url.ts';
import type { SignedParameters } from './signed-parameters.ts';

/** The answer to a request that did not work. @public */
export interface StoreAnswer {
  readonly status: number;
  readonly body: string;
  /** What the request was made with, where it is known. */
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

const error = (code: string, message: string, fix: string): UrlFinding => ({
  code,
  severity: 'error',
  message,
  fix,
});

const meanings: Readonly<Record<string, UrlFinding>> = {
  ExpiredToken: error(
    'store-session-ended',
    'The session that signed the URL has ended.',
    'Sign anew with fresh credentials.',
  ),
  InvalidToken: error(
    'store-session-invalid',
    'The session token is not the one of the key.',
    'Sign with key, secret and token of one session.',
  ),
  InvalidAccessKeyId: error(
    'store-unknown-key',
    'The store does not know the access key.',
    'Is it a key of this store, and is it still active?',
  ),
  RequestTimeTooSkewed: error(
    'store-clock',
    "The signature's date is too far from the store's clock.",
    "Set the signer's clock, or backdate by up to a minute.",
  ),
  NoSuchKey: error(
    'store-no-object',
    'The URL is accepted, but there is no object under the key.',
    'Look at the key, its encoding and its case.',
  ),
  NoSuchBucket: error(
    'store-no-bucket',
    'There is no such bucket here.',
    'Look at bucket, endpoint and addressing.',
  ),
  NoSuchVersion: error(
    'store-no-version',
    'There is no such version of the object.',
    'Sign for a version that is still there.',
  ),
  InvalidObjectState: error(
    'store-archived',
    'The object is archived (Glacier): it has to be restored before it can be read.',
    'Restore it, and wait; the same URL works afterwards if it has not ended.',
  ),
  PermanentRedirect: error(
    'store-other-region',
    'The bucket is in another region.',
    "Sign for the bucket's own region and endpoint.",
  ),
  AuthorizationHeaderMalformed: error(
    'store-other-region',
    'The signature is for another region than the bucket.',
    "Sign for the bucket's own region.",
  ),
  AuthorizationQueryParametersError: error(
    'store-parameters',
    'A parameter of the signature is not acceptable.',
    'Look at X-Amz-Expires (1 to 604800) and X-Amz-Credential.',
  ),
  PreconditionFailed: error(
    'store-exists',
    'An object is there already, and the URL does not allow it to be replaced.',
    'Choose another key.',
  ),
  EntityTooLarge: error(
    'store-too-large',
    'The file is larger than what was signed.',
    'Sign for the size of the file.',
  ),
  InvalidArgument: error(
    'store-bad-field',
    'A field or header of the request is missing or has a value that the store does not take.',
    "Look at the field that the store's message names.",
  ),
  InvalidPolicyDocument: error(
    'store-bad-form-policy',
    'The policy of the form is not well-formed.',
    'Make the form with postForm.',
  ),
  InvalidStorageClass: error(
    'store-bad-storage-class',
    'The storage class is none that the store has.',
    'Leave it out, or name one of the store.',
  ),
  MalformedXML: error(
    'store-bad-xml',
    'The body of the request is not the XML that was expected.',
    'Look at the body.',
  ),
  EntityTooSmall: error(
    'store-too-small',
    'The file is smaller than what was signed.',
    'Sign for the size of the file.',
  ),
};

/** AccessDenied has many reasons; AWS tells them in its message. The last one is for all others. */
const denials: readonly { readonly says: RegExp; readonly finding: UrlFinding }[] = [
  {
    says: /expired/i,
    finding: error('store-expired', 'The store says that the URL or form has expired.', 'Sign anew.'),
  },
  {
    says: /headers present in the request which were not signed/i,
    finding: error(
      'store-unsigned-headers',
      'The request had x-amz-* headers that were not signed.',
      'Send only the headers that were signed, or sign those that are sent.',
    ),
  },
  {
    says: /query-string authentication/i,
    finding: error(
      'store-parameters',
      'Parameters of the signature are missing.',
      'Copy the whole URL, or sign anew.',
    ),
  },
  {
    says: /invalid according to policy/i,
    finding: error(
      'store-form-condition',
      'A field of the form does not keep to the policy that was signed.',
      'Send the fields as they were signed, and the file last.',
    ),
  },
  {
    says: /^/,
    finding: error(
      'store-denied',
      'The signature is right, but its owner may not do this, or a policy of the bucket forbids it.',
      'Look at the IAM policy of the signer and at the policy of the bucket.',
    ),
  },
];

/** What the answer means, by the error's code; a signature mismatch is compared line by line. */
export function explainAnswer(
  answer: StoreAnswer,
  url: RawUrl,
  parameters: SignedParameters,
): UrlFinding | undefined {
  if (answer.status < 400) return undefined;
  const code = elementOf(answer.body, 'Code');
  const message = elementOf(answer.body, 'Message');
  if (code === 'AccessDenied') return denials.find(({ says }) => says.test(message))?.finding;
  if (code === 'SignatureDoesNotMatch') return compareCanonical(answer, url, parameters);
  const known = Object.hasOwn(meanings, code) ? meanings[code] : undefined;
  return (
    known ??
    error(
      'store-error',
      `The store answered with status ${answer.status}${code === '' ? '' : ` and the code ${code}`}.`,
      "Look at the store's documentation of the code.",
    )
  );
}

const lineNames = ['method', 'path', 'query'];

/** The first line in which the store's canonical request differs from the URL's. */
function compareCanonical(
  { body, method = 'GET', headers = {} }: StoreAnswer,
  url: RawUrl,
  parameters: SignedParameters,
): UrlFinding {
  const theirs = elementOf(body, 'CanonicalRequest').split('\n');
  const sent = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const ours = toCanonicalRequest({ method, url, headers: sent }, parameters.signedHeaders).split('\n');
  const index = theirs.findIndex((line, at) => line !== ours[at]);
  if (theirs.length < 2) {
    return error(
      'signature-mismatch',
      'The store reckons another signature, and does not say from what.',
      'Compare method, headers and secret key; ask a store that names its canonical request.',
    );
  }
  if (index < 0) {
    return error(
      'wrong-secret',
      'Both canonical requests are equal: the secret key is another one.',
      'Sign with the secret that belongs to the access key.',
    );
  }
  const name = lineNames[index] ?? `header line ${index - lineNames.length + 1}`;
  return error(
    `differs-in-${index < lineNames.length ? name : 'headers'}`,
    `The ${name} differs: the store saw ${show(theirs[index])}, the URL was signed for ${show(ours[index])}.`,
    'Send exactly what was signed; look for a proxy or a client that rewrites it.',
  );
}

/** Without what is secret in a query. */
function show(line = ''): string {
  const safe = line.replaceAll(/(X-Amz-(?:Security-Token|Credential|Signature)=)[^&]*/gi, '$1…');
  return JSON.stringify(safe.length > 200 ? `${safe.slice(0, 200)}…` : safe);
}

function elementOf(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]{0,8000})</${name}>`).exec(xml)?.[1] ?? '';
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#13;', '\r')
    .replaceAll('&#10;', '\n')
    .replaceAll('&amp;', '&');
}
