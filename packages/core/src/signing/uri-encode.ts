const unreserved = /^[A-Za-z0-9\-._~]*$/;
const unreservedPath = /^[A-Za-z0-9\-._~/]*$/;
const leftByEncodeURIComponent = /[!'()*]/g;

/**
 * Percent-encodes everything but RFC 3986's unreserved characters, in UTF-8 with upper-case digits.
 * Source: Signature Version 4, "UriEncode".
 */
export function uriEncode(text: string): string {
  if (unreserved.test(text)) return text;
  return encodeURIComponent(text).replace(leftByEncodeURIComponent, escapeCharacter);
}

/** The same for a path: slashes stay. S3 encodes once and does not normalise. */
export function uriEncodePath(text: string): string {
  if (unreservedPath.test(text)) return text;
  return uriEncode(text).replaceAll('%2F', '/');
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
