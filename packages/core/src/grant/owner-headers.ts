/**
 * The promises of an upload that only an owner makes, as the headers that are signed.
 * Source: Amazon S3 API Reference, PutObject, "Request Syntax".
 */
import { ValetkeyError } from '../errors.ts';
import type { ObjectLock, OwnerUploadTerms, ServerSideEncryption } from '../grammar/object-terms.ts';
import { quote } from '../grammar/quote.ts';
import { formatInstant, parseInstant } from '../instant.ts';
import { toSignedHeaders } from './signed-terms.ts';

type Headers = Readonly<Record<string, string>>;

/** Source: Amazon S3 User Guide, "Categorizing your objects using tags". */
const tagLimits = { count: 10, name: 128, value: 256 } as const;

/**
 * Headers that the client of a PUT must send.
 * @throws ValetkeyError `invalid-metadata`, `size-not-bounded`, `checksum-required`
 */
export function toOwnerHeaders(upload: OwnerUploadTerms): Headers {
  const { tagging, objectLock, serverSideEncryption, expectedBucketOwner } = upload;
  const headers: Record<string, string | undefined> = {
    ...toSignedHeaders(upload),
    'content-encoding': upload.contentEncoding,
    'content-language': upload.contentLanguage,
    'if-match': upload.ifMatch,
    ...(serverSideEncryption === undefined ? {} : encryptionHeaders(serverSideEncryption)),
    ...(tagging === undefined ? {} : { 'x-amz-tagging': toTagging(tagging) }),
    ...(objectLock === undefined ? {} : lockHeaders(objectLock, upload)),
    ...(expectedBucketOwner === undefined
      ? {}
      : { 'x-amz-expected-bucket-owner': checkAccount(expectedBucketOwner) }),
  };
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) given[name] = value;
  return given;
}

function encryptionHeaders(encryption: ServerSideEncryption): Record<string, string | undefined> {
  const algorithm = { 'x-amz-server-side-encryption': encryption.algorithm };
  if (encryption.algorithm === 'AES256') return algorithm;
  const { keyId, bucketKeyEnabled } = encryption;
  return {
    ...algorithm,
    'x-amz-server-side-encryption-aws-kms-key-id': keyId,
    'x-amz-server-side-encryption-bucket-key-enabled':
      bucketKeyEnabled === undefined ? undefined : String(bucketKeyEnabled),
  };
}

function toTagging(tags: Readonly<Record<string, string>>): string {
  const entries = Object.entries(tags);
  const fits = ([name, value]: readonly [string, string]) =>
    isTagText(name, 1, tagLimits.name) && isTagText(value, 0, tagLimits.value);
  if (entries.length >= 1 && entries.length <= tagLimits.count && entries.every(fits)) {
    return entries
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      .join('&');
  }
  throw new ValetkeyError('invalid-metadata', {
    field: 'tagging',
    expected: `1 to ${tagLimits.count} tags of letters, digits, spaces and _.:/=+-@, names up to ${tagLimits.name} and values up to ${tagLimits.value} characters`,
    got: quote(tags),
  });
}

function isTagText(text: string, min: number, max: number): boolean {
  return (
    typeof text === 'string' &&
    text.length >= min &&
    text.length <= max &&
    /^[\p{L}\p{N} _.:/=+\-@]*$/u.test(text)
  );
}

function lockHeaders({ retention, legalHold }: ObjectLock, { checksum }: OwnerUploadTerms): Headers {
  if (checksum === undefined) {
    throw new ValetkeyError('checksum-required', {
      field: 'checksum',
      expected: 'one, because S3 takes no locked object without',
    });
  }
  return {
    ...(retention === undefined
      ? {}
      : {
          'x-amz-object-lock-mode': retention.mode,
          'x-amz-object-lock-retain-until-date': formatInstant(
            parseInstant(retention.retainUntil, 'objectLock.retention.retainUntil'),
          ),
        }),
    ...(legalHold === undefined ? {} : { 'x-amz-object-lock-legal-hold': legalHold ? 'ON' : 'OFF' }),
  };
}

function checkAccount(account: string): string {
  if (/^\d{12}$/.test(account)) return account;
  throw new ValetkeyError('invalid-metadata', {
    field: 'expectedBucketOwner',
    expected: "an account's twelve digits",
    got: quote(account),
  });
}
