/** The checks that only an upload has to pass. */
import { quote } from '../grammar/quote.ts';
import type { UploadTerms } from '../grammar/object-terms.ts';
import type { Check, LazyMiss } from './check.ts';
import { coversContentType } from './content-type.ts';
import type { UploadRule } from './policy.ts';

type UploadCheck = (rule: UploadRule, upload: UploadTerms) => LazyMiss | undefined;

const size: UploadCheck = ({ maxBytes, minBytes }, { contentLength }) => {
  if (contentLength === undefined) {
    return maxBytes === undefined && minBytes === 0
      ? undefined
      : () => ({
          code: 'size-not-bounded',
          field: 'contentLength',
          expected: `the exact size, at most ${maxBytes ?? 'any number of'} bytes`,
          got: 'none',
        });
  }
  if (maxBytes !== undefined && contentLength > maxBytes) {
    return () => ({
      code: 'file-too-large',
      field: 'contentLength',
      expected: `at most ${maxBytes} bytes`,
      got: `${contentLength} bytes`,
    });
  }
  if (contentLength >= minBytes) return undefined;
  return () => ({
    code: 'file-too-small',
    field: 'contentLength',
    expected: `at least ${minBytes} bytes`,
    got: `${contentLength} bytes`,
  });
};

const contentType: UploadCheck = ({ contentTypes }, upload) => {
  if (contentTypes === undefined) return undefined;
  if (upload.contentType !== undefined && coversContentType(contentTypes, upload.contentType))
    return undefined;
  return () => ({
    code: 'type-not-allowed',
    field: 'contentType',
    expected: contentTypes.join(', '),
    got: upload.contentType === undefined ? 'none' : quote(upload.contentType),
  });
};

const checksum: UploadCheck = (rule, upload) =>
  rule.checksum === 'required' && upload.checksum === undefined && upload.partChecksum === undefined
    ? () => ({ code: 'checksum-required', field: 'checksum', expected: 'a checksum', got: 'none' })
    : undefined;

const metadata: UploadCheck = (rule, upload) => {
  if (upload.metadata === undefined) return undefined;
  const name = Object.keys(upload.metadata).find((candidate) => !rule.metadata.includes(candidate));
  if (name === undefined) return undefined;
  return () => ({
    code: 'invalid-metadata',
    field: 'metadata',
    expected: rule.metadata.length === 0 ? 'no metadata' : rule.metadata.join(', '),
    got: quote(name),
  });
};

const servedWith: readonly (readonly [
  term: 'cacheControl' | 'contentDisposition',
  UploadRule['headers'][number],
])[] = [
  ['cacheControl', 'cache-control'],
  ['contentDisposition', 'content-disposition'],
];

const headers: UploadCheck = (rule, upload) => {
  const refused = servedWith.find(
    ([term, name]) => upload[term] !== undefined && !rule.headers.includes(name),
  );
  if (refused === undefined) return undefined;
  return () => ({
    code: 'invalid-metadata',
    field: refused[0],
    expected:
      rule.headers.length === 0 ? 'none, for the policy lets no header be set' : rule.headers.join(', '),
    got: quote(upload[refused[0]]),
  });
};

const nothing: UploadTerms = {};

/** Size, content type, checksum, metadata, headers. */
export const uploadChecks: readonly Check[] = [size, contentType, checksum, metadata, headers].map(
  (check): Check =>
    (policy, { upload }) =>
      check(policy.upload, upload ?? nothing),
);
