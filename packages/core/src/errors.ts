/**
 * The one catalogue of errors. The same code is the HTTP problem's `code`, the command line's
 * message prefix and, in PascalCase, the Kubernetes reason.
 */
import { redact } from './grammar/redact.ts';

interface CatalogueEntry {
  /** What happened, in a sentence without a full stop, for people. */
  readonly title: string;
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;
}

export const errorCatalogue = {
  // Input
  'invalid-bucket': { title: 'The bucket name is not valid', retryable: false },
  'invalid-key': { title: 'The object key is not valid', retryable: false },
  'invalid-lifetime': { title: 'The lifetime is not valid', retryable: false },
  'invalid-metadata': { title: 'The object metadata is not valid', retryable: false },
  'unknown-field': { title: 'A field is not known', retryable: false },
  'invalid-body': { title: 'The request body is not valid', retryable: false },
  'unsupported-media-type': { title: 'The media type is not supported', retryable: false },
  'body-too-large': { title: 'The request body is too large', retryable: false },
  'body-too-slow': { title: 'The request body came too slowly', retryable: true },
  'not-found': { title: 'There is nothing at this address', retryable: false },
  'invalid-policy': { title: 'The policy is not valid', retryable: false },
  'invalid-configuration': { title: 'The configuration is not valid', retryable: false },
  // Decision
  forbidden: { title: 'The request is not allowed', retryable: false },
  'no-policy-matched': { title: 'No policy allows the request', retryable: false },
  'subject-not-allowed': { title: 'No policy allows this subject', retryable: false },
  'key-not-allowed': { title: 'The policy does not cover this key', retryable: false },
  'method-not-allowed': { title: 'The method is not allowed', retryable: false },
  'lifetime-too-long': { title: 'The lifetime is longer than the policy allows', retryable: false },
  'size-not-bounded': { title: 'The upload does not say its size', retryable: false },
  'file-too-large': { title: 'The file is larger than the policy allows', retryable: false },
  'file-too-small': { title: 'The file is smaller than the policy allows', retryable: false },
  'type-not-allowed': { title: 'The policy does not allow this content type', retryable: false },
  'too-many-files': { title: 'More files than the policy allows', retryable: false },
  'checksum-required': { title: 'The checksum is missing or malformed', retryable: false },
  'version-required': { title: 'The policy requires a version', retryable: false },
  // Credentials and stores
  'credentials-unavailable': { title: 'No credentials could be had', retryable: true },
  'credentials-expired': { title: 'The credentials have expired', retryable: true },
  'session-policy-too-large': { title: 'The session policy is too large', retryable: false },
  'store-not-found': { title: 'The store is not known', retryable: false },
  'store-unavailable': { title: 'The store cannot be reached', retryable: true },
  'clock-skewed': { title: 'The clock is wrong', retryable: false },
  'signing-failed': { title: 'The URL could not be signed', retryable: false },
  'store-refused': { title: 'The store refused the request', retryable: false },
  // Clusters of whoever runs the command
  'cluster-unavailable': { title: 'The Kubernetes API server cannot be reached', retryable: true },
  'cluster-refused': { title: 'The Kubernetes API server refused the request', retryable: false },
  // Files of whoever runs the command
  'file-unreadable': { title: 'The file cannot be read', retryable: false },
  'file-unwritable': { title: 'The file cannot be written', retryable: false },
  'file-exists': { title: 'The file exists already', retryable: false },
  'file-changed': { title: 'The file changed while it was read', retryable: false },
  'header-mismatch': { title: 'The headers are not those that were signed', retryable: false },
  interrupted: { title: 'The command was interrupted', retryable: true },
  // Uploads
  'upload-expired': { title: 'The upload session has ended', retryable: false },
  'upload-not-found': { title: 'The upload is not known', retryable: false },
  superseded: { title: 'Another upload has replaced this one', retryable: false },
  'part-out-of-range': { title: 'The part number is out of range', retryable: false },
  'size-mismatch': { title: 'The stored size is not the declared one', retryable: false },
  'checksum-mismatch': { title: 'The stored checksum is not the declared one', retryable: false },
  'already-exists': { title: 'The object exists already', retryable: false },
  'rate-limited': { title: 'Too many requests', retryable: true },
  'identity-unavailable': { title: 'Who asks cannot be checked just now', retryable: true },
  unauthenticated: { title: 'The caller is not known', retryable: false },
  'line-too-slow': { title: 'The connection is too slow for the lifetime', retryable: false },
} as const satisfies Record<string, CatalogueEntry>;

/**
 * Code of a {@link ValetkeyError}.
 * @public
 */
export type ErrorCode = keyof typeof errorCatalogue;

/**
 * What a {@link ValetkeyError} says beside its code. None of it may hold a URL, a signature, a token or a key.
 * @public
 */
export interface ErrorDetail {
  /** Where the value stood: `expires-in`, `stores.media.region`, `spec.objects[0].key`. */
  readonly field?: string;
  /** What would have been accepted. */
  readonly expected?: string;
  /** What came instead, made printable and short. */
  readonly got?: string;
  /** What to do about it, as an imperative sentence. */
  readonly hint?: string;
  /** The error behind this one. */
  readonly cause?: unknown;
}

/**
 * The only error that Valetkey throws on purpose. Its message has the form
 * `title: field: expected …, got …. hint`.
 *
 * @example
 * ```ts
 * throw new ValetkeyError('invalid-lifetime', { field: 'expires-in', expected: '1 to 604800 seconds', got: '0' });
 * ```
 * @public
 */
export class ValetkeyError extends Error {
  override readonly name = 'ValetkeyError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly field: string | undefined;
  readonly expected: string | undefined;
  readonly got: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, detail: ErrorDetail = {}) {
    super(redact(toMessage(code, detail)), detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.retryable = errorCatalogue[code].retryable;
    this.field = shown(detail.field);
    this.expected = shown(detail.expected);
    this.got = shown(detail.got);
    this.hint = shown(detail.hint);
  }

  /** The same error about another field, with this one as its cause: whoever knows the place better says where. */
  withField(field: string): ValetkeyError {
    const { code, expected, got, hint } = this;
    return new ValetkeyError(code, {
      field,
      ...(expected === undefined ? {} : { expected }),
      ...(got === undefined ? {} : { got }),
      ...(hint === undefined ? {} : { hint }),
      cause: this,
    });
  }
}

/**
 * The code as Kubernetes writes a condition's reason: `no-policy-matched` → `NoPolicyMatched`.
 * @public
 */
export function toReason(code: ErrorCode): string {
  return code.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Whoever put a presigned URL where a name belongs does not want it in a log. */
function shown(text: string | undefined): string | undefined {
  return text === undefined ? undefined : redact(text);
}

function toMessage(code: ErrorCode, detail: ErrorDetail): string {
  const saw = [
    detail.expected === undefined ? undefined : `expected ${detail.expected}`,
    detail.got === undefined ? undefined : `got ${detail.got}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
  const sentence = [errorCatalogue[code].title, detail.field, saw === '' ? undefined : saw]
    .filter((part) => part !== undefined)
    .join(': ');
  return detail.hint === undefined ? sentence : `${sentence}. ${detail.hint}`;
}
