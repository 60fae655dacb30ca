/** What a form promises of the file beside its key, as fields and as conditions of the signed policy. */
import { ValetkeyError } from '../errors.ts';
import { parseMetadata } from '../grammar/metadata.ts';
import { quote } from '../grammar/quote.ts';
import { checkHeaders } from './check-parameters.ts';
import type { PostFormRequest } from './post-form.ts';

/** S3 takes one object of up to this size in a single request. */
const maxObjectBytes = 5 * 1024 ** 3;

/** Source: Amazon S3 API reference, "POST Policy", "Condition Matching". */
export type PostFormCondition =
  | Readonly<Record<string, string>>
  | readonly ['content-length-range', number, number]
  | readonly ['starts-with', string, string];

/** Fields that must come exactly as they are. */
export function contentFields(request: PostFormRequest): Readonly<Record<string, string>> {
  const { contentType, cacheControl, contentDisposition, successStatus, metadata = {} } = request;
  const fields: Record<string, string> = {};
  if (typeof contentType === 'string') fields['Content-Type'] = contentType;
  if (cacheControl !== undefined) fields['Cache-Control'] = cacheControl;
  if (contentDisposition !== undefined) fields['Content-Disposition'] = contentDisposition;
  for (const [name, value] of Object.entries(fields)) checkHeaders({ [name.toLowerCase()]: value });
  if (successStatus !== undefined) fields['success_action_status'] = checkStatus(successStatus);
  for (const [name, value] of Object.entries(parseMetadata(metadata, 'metadata'))) {
    fields[`x-amz-meta-${name}`] = value;
  }
  return fields;
}

function checkStatus(status: number): string {
  if ([200, 201, 204].includes(status)) return String(status);
  throw new ValetkeyError('invalid-metadata', {
    field: 'successStatus',
    expected: '200, 201 or 204',
    got: quote(status),
  });
}

/** A type of which only the beginning is given. */
export function typePrefix({ contentType }: PostFormRequest): readonly PostFormCondition[] {
  if (contentType === undefined || typeof contentType === 'string') return [];
  checkHeaders({ 'content-type': contentType.startsWith });
  return [['starts-with', '$Content-Type', contentType.startsWith]];
}

/**
 * How many bytes the file may have.
 * @throws ValetkeyError `size-not-bounded`
 */
export function sizeRange({ minBytes = 0, maxBytes }: PostFormRequest): PostFormCondition {
  const isSize = (bytes: number) => Number.isInteger(bytes) && bytes >= 0 && bytes <= maxObjectBytes;
  if (isSize(minBytes) && isSize(maxBytes) && minBytes <= maxBytes) {
    return ['content-length-range', minBytes, maxBytes];
  }
  throw new ValetkeyError('size-not-bounded', {
    field: 'minBytes and maxBytes',
    expected: `whole bytes, minBytes <= maxBytes <= ${maxObjectBytes}`,
    got: `${quote(minBytes)} and ${quote(maxBytes)}`,
  });
}
