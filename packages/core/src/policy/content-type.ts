/** Content types as a policy lists them: `image/png`, or `image/*` for all of one kind. */
import { ValetkeyError } from '../errors.ts';
import { quote } from '../grammar/quote.ts';

/** Names of RFC 6838 section 4.2. */
const mediaType = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;
const wholeKind = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/\*$/;

/**
 * An entry of `upload.contentTypes` in lower case.
 * @throws ValetkeyError `invalid-policy`
 */
export function parseContentTypePattern(text: string, field: string): string {
  const lower = text.toLowerCase();
  if (mediaType.test(lower) || wholeKind.test(lower)) return lower;
  throw new ValetkeyError('invalid-policy', {
    field,
    expected: 'a content type without parameters such as image/png, or image/* for all of one kind',
    got: quote(text),
    hint: 'Leave contentTypes out to allow any.',
  });
}

/** Whether one of the entries covers a content type, whatever its parameters. */
export function coversContentType(patterns: readonly string[], contentType: string): boolean {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!mediaType.test(type)) return false;
  return patterns.includes(type) || patterns.includes(`${type.slice(0, type.indexOf('/'))}/*`);
}
