/**
 * Which methods a URL may have been signed for. The method is part of what is signed and stands nowhere in the URL,
 * but some parameters and headers go with some methods only.
 */
import type { RawUrl } from './raw-url.ts';

/** What is known of the method without the key. */
export interface MethodClue {
  /** One of these, if the signer kept to the API of S3. */
  readonly methods: readonly string[];
  /** What says so: a parameter or a header, without a value that could be secret. */
  readonly because: string;
}

const reading = ['GET', 'HEAD'];
const writing = ['PUT', 'POST'];

/** What the AWS SDKs name in `x-id`. Source: the model of Amazon S3, operations on objects. */
const operations: Readonly<Record<string, string>> = {
  GetObject: 'GET',
  ListParts: 'GET',
  PutObject: 'PUT',
  CopyObject: 'PUT',
  UploadPart: 'PUT',
  UploadPartCopy: 'PUT',
  DeleteObject: 'DELETE',
  AbortMultipartUpload: 'DELETE',
};
const ofReading = /^(?:response-[a-z-]+|range|x-amz-checksum-mode)$/;
const ofWriting =
  /^(?:content-(?:type|length|md5|disposition|encoding)|x-amz-(?:acl|tagging|storage-class|meta-.+|object-lock-.+|sdk-checksum-algorithm|checksum-(?:crc|sha).+|server-side-encryption(?:-aws-kms-key-id)?))$/;

/** What the surest sign says; nothing when a URL of any method could look so. */
export function methodClue({ query }: RawUrl, signedHeaders: readonly string[]): MethodClue | undefined {
  const value = (name: string) => query.find((pair) => pair.name === name)?.value;
  const operation = value('x-id') ?? '';
  const method = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (method !== undefined) return { methods: [method], because: `x-id=${operation} in the query` };
  if (value('uploads') !== undefined) return { methods: ['POST'], because: 'uploads in the query' };
  if (value('uploadId') !== undefined) {
    return value('partNumber') === undefined
      ? { methods: ['POST', 'DELETE', 'GET'], because: 'uploadId in the query' }
      : { methods: ['PUT'], because: 'uploadId and partNumber in the query' };
  }
  const names = [
    ...query.map(({ name }) => ({ name: name.toLowerCase(), because: `${name} in the query` })),
    ...signedHeaders.map((name) => ({ name, because: `the signed header ${name}` })),
  ];
  const read = names.find(({ name }) => ofReading.test(name));
  if (read !== undefined) return { methods: reading, because: read.because };
  const written = names.find(({ name }) => ofWriting.test(name));
  if (written !== undefined) return { methods: writing, because: written.because };
  if (value('versionId') === undefined) return undefined;
  return { methods: [...reading, 'DELETE'], because: 'versionId in the query' };
}

/** Why a method does not fit a URL, in words; nothing when it may. */
export function misfitOf(method: string | undefined, clue: MethodClue | undefined): string | undefined {
  if (method === undefined || clue === undefined || clue.methods.includes(method)) return undefined;
  return `The URL seems to be signed for ${clue.methods.join(' or ')}, as ${clue.because} says, and not for ${method}.`;
}
