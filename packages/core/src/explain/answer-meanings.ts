/** What each error code of a store means for the URL that got it: data, in the words of the one who holds the URL. */
import { quote } from '../grammar/quote.ts';
import type { ErrorDocument } from './error-document.ts';
import type { UrlFinding } from './explanation.ts';

/** A finding, and which elements of the answer are worth repeating: none of them is secret. */
interface Meaning {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly tells?: readonly string[];
  /** Where several meanings have one error code: the message that this one has. */
  readonly says?: RegExp;
  /** Likewise: the element that this one has, and what stands in it. */
  readonly where?: readonly [element: string, holds: RegExp];
}

const otherRegion = {
  code: 'store-other-region',
  message: 'The bucket is in another region than the one that was signed for.',
  fix: "Sign for the bucket's own region and endpoint.",
  tells: ['Region', 'Endpoint'],
} as const satisfies Meaning;
const parameters = {
  code: 'store-parameters',
  message: 'Parameters of the signature are missing or not acceptable.',
  fix: 'Copy the whole URL, or sign anew; X-Amz-Expires goes from 1 to 604800.',
} as const satisfies Meaning;
const busy = {
  code: 'store-busy',
  message: 'The store has too much to do at the moment.',
  fix: 'Try again later; the same URL works while it has not ended.',
} as const satisfies Meaning;

const meanings: Readonly<Record<string, readonly Meaning[]>> = {
  AccessDenied: [
    {
      says: /expired/i,
      code: 'store-expired',
      message: 'The store says that the URL or form has expired.',
      fix: 'Sign anew.',
      tells: ['Expires', 'ServerTime'],
    },
    {
      says: /not yet valid/i,
      code: 'store-clock',
      message: "The signature's date lies ahead of the store's clock.",
      fix: "Set the signer's clock, or backdate by up to a minute.",
    },
    {
      says: /headers present in the request which were not signed/i,
      code: 'store-unsigned-headers',
      message: 'The request had x-amz-* headers that were not signed.',
      fix: 'Send only the headers that were signed, or sign those that are sent.',
      tells: ['HeadersNotSigned'],
    },
    { says: /query-string authentication/i, ...parameters },
    {
      says: /invalid according to policy/i,
      code: 'store-form-condition',
      message: 'A field of the form does not keep to the policy that was signed.',
      fix: 'Send the fields as they were signed, and the file last.',
    },
    {
      code: 'store-denied',
      message:
        'The signature is right, but its owner may not do this, or a policy of the bucket forbids it; without ' +
        'leave to list, a missing object is answered so too.',
      fix: 'Look at the IAM policy of the signer, at the policy of the bucket, and whether the object is there.',
    },
  ],
  ExpiredToken: [
    {
      code: 'store-session-ended',
      message: 'The session that signed the URL has ended.',
      fix: 'Sign anew with fresh credentials.',
    },
  ],
  InvalidToken: [
    {
      code: 'store-session-invalid',
      message: 'The session token is not the one of the key.',
      fix: 'Sign with key, secret and token of one session.',
    },
  ],
  InvalidAccessKeyId: [
    {
      code: 'store-unknown-key',
      message: 'The store does not know the access key.',
      fix: 'Is it a key of this store, and is it still active? A temporary key needs its session token.',
    },
  ],
  RequestTimeTooSkewed: [
    {
      code: 'store-clock',
      message: "The signature's date is too far from the store's clock.",
      fix: "Set the signer's clock, or backdate by up to a minute.",
      tells: ['ServerTime'],
    },
  ],
  NoSuchKey: [
    {
      code: 'store-no-object',
      message: 'The URL is accepted, but there is no object under the key.',
      fix: 'Look at the key, its encoding and its case.',
    },
  ],
  NoSuchBucket: [
    {
      code: 'store-no-bucket',
      message: 'There is no such bucket here.',
      fix: 'Look at bucket, endpoint and addressing.',
    },
  ],
  NoSuchVersion: [
    {
      code: 'store-no-version',
      message: 'There is no such version of the object.',
      fix: 'Sign for a version that is still there.',
    },
  ],
  NoSuchUpload: [
    {
      code: 'store-no-upload',
      message: 'The multipart upload has been completed, aborted or cleaned away.',
      fix: 'Begin the upload anew.',
    },
  ],
  InvalidPart: [
    {
      code: 'store-bad-part',
      message: 'A part of the upload is missing, or its ETag is another one.',
      fix: 'Ask the store for the parts that it has, and send the missing ones.',
    },
  ],
  InvalidObjectState: [
    {
      code: 'store-archived',
      message: 'The object is archived (Glacier): it has to be restored before it can be read.',
      fix: 'Restore it, and wait; the same URL works afterwards if it has not ended.',
      tells: ['StorageClass', 'AccessTier'],
    },
  ],
  PermanentRedirect: [otherRegion],
  TemporaryRedirect: [otherRegion],
  AuthorizationHeaderMalformed: [otherRegion],
  AuthorizationQueryParametersError: [{ where: ['Region', /./], ...otherRegion }, parameters],
  PreconditionFailed: [
    {
      where: ['Condition', /multipart\/form-data/],
      code: 'store-not-a-form',
      message: 'A form was sent with another content type than multipart/form-data.',
      fix: 'Send the fields and the file as multipart/form-data; a form is no PUT.',
    },
    {
      where: ['Condition', /^If-Match$/i],
      code: 'store-changed',
      message: 'The object is another one than the request expects.',
      fix: 'Look at the object as it is now.',
    },
    {
      code: 'store-exists',
      message: 'An object is there already, and the URL does not allow it to be replaced.',
      fix: 'Choose another key.',
    },
  ],
  MethodNotAllowed: [
    {
      code: 'store-method',
      message:
        'The store does not do this here: the method is not the signed one, or the version is a deletion.',
      fix: 'Use the URL with the method that it was signed for, and look at the version.',
      tells: ['Method'],
    },
  ],
  EntityTooLarge: [
    {
      code: 'store-too-large',
      message: 'The file is larger than what was signed.',
      fix: 'Sign for the size of the file.',
      tells: ['ProposedSize', 'MaxSizeAllowed'],
    },
  ],
  EntityTooSmall: [
    {
      code: 'store-too-small',
      message: 'The file, or a part that is not the last, is smaller than what is allowed.',
      fix: 'Sign for the size of the file; parts have 5 MiB and more.',
      tells: ['ProposedSize', 'MinSizeAllowed'],
    },
  ],
  MissingContentLength: [
    {
      code: 'store-no-length',
      message: 'The request does not say how long its body is.',
      fix: 'Send content-length: a file or a buffer instead of a stream.',
    },
  ],
  BadDigest: [
    {
      code: 'store-checksum',
      message: 'What arrived does not have the checksum that was signed.',
      fix: 'Send the very bytes that the checksum was reckoned from, or try again.',
    },
  ],
  XAmzContentSHA256Mismatch: [
    {
      code: 'store-checksum',
      message: 'What arrived does not have the checksum that was signed.',
      fix: 'Send the very bytes that the checksum was reckoned from, or try again.',
    },
  ],
  InvalidArgument: [
    {
      code: 'store-bad-field',
      message: 'A field or header of the request is missing or has a value that the store does not take.',
      fix: 'Look at the field; in a form it stands before the file.',
      tells: ['ArgumentName'],
    },
  ],
  InvalidRequest: [
    {
      says: /AWS4-HMAC-SHA256|authorization mechanism/i,
      code: 'sigv2',
      message: 'The URL is signed with Signature Version 2, which this region or bucket refuses.',
      fix: 'Sign with Signature Version 4 (aws4).',
    },
  ],
  InvalidPolicyDocument: [
    {
      code: 'store-bad-form-policy',
      message: 'The policy of the form is not well-formed.',
      fix: 'Make the form with postForm.',
    },
  ],
  InvalidStorageClass: [
    {
      code: 'store-bad-storage-class',
      message: 'The storage class is none that the store has.',
      fix: 'Leave it out, or name one of the store.',
      tells: ['StorageClassRequested'],
    },
  ],
  MalformedXML: [
    {
      code: 'store-bad-xml',
      message: 'What must be XML is not: the body, or the tagging field of a form.',
      fix: 'Look at the body or the field.',
    },
  ],
  SlowDown: [busy],
  ServiceUnavailable: [busy],
  InternalError: [busy],
};

/** What an error means; nothing when its code is none that is known. */
export function meaningOf(error: ErrorDocument): UrlFinding | undefined {
  const { code, message, element } = error;
  const known = Object.hasOwn(meanings, code) ? (meanings[code] ?? []) : [];
  const fitting = known.find(
    ({ says, where: [name, holds] = ['', /^/] }) =>
      (says === undefined || says.test(message)) && holds.test(element(name)),
  );
  return fitting && toFinding(fitting, element);
}

function toFinding(
  { code, message, fix, tells = [] }: Meaning,
  element: ErrorDocument['element'],
): UrlFinding {
  const told = tells.map((name) => [name, element(name)] as const).filter(([, text]) => text !== '');
  const detail = told.map(([name, text]) => `${name}: ${quote(text)}`).join(', ');
  return { code, severity: 'error', message: detail === '' ? message : `${message} (${detail})`, fix };
}
