// Stands before a name: in URLs, percent-encoded however often, in HTML, JSON, headers and shell commands.
const before = String.raw`([?&;,\s"'({[]|%(?:25)*[0-9a-f]{2}|^)`;
const assigned = String.raw`=|%(?:25)*3D`;
const untilEnd = String.raw`[^&\s"'<>#;,\\)\]}]*`;
const amzNames = 'X-Amz-(?:Signature|Security-Token|Credential)';
const queryParameter = new RegExp(
  `${before}(${amzNames}|(?:CloudFront-)?(?:Signature|Key-Pair-Id|Policy)|Credential|AWSAccessKeyId)(${assigned})${untilEnd}`,
  'gi',
);
/** Fields of a POST form and headers, as JSON, as lines and as inspected objects, also encoded. */
const space = String.raw`(?:["'\\\s]|%(?:25)*(?:2[027]|5C)){0,6}`;
const field = new RegExp(
  String.raw`(${amzNames}|Authorization)(${space}(?::|%(?:25)*3A)${space})[^"'\r\n<>\\}]*`,
  'gi',
);
/** What S3's own error documents repeat. */
const element = /((?:<|%(?:25)*3C)(?:SignatureProvided|AWSAccessKeyId)(?:>|%(?:25)*3E))[^<%]*/gi;

/**
 * Text with the secret parts of every presigned URL in it replaced, so that it may be logged: signature,
 * session token, credential, and CloudFront's policy, in URLs and cookies. Works on URLs inside other text, on the fields of
 * POST forms, on the `Authorization` header and on the error documents of S3.
 * @example
 * ```ts
 * redact('GET https://b.s3.amazonaws.com/k?X-Amz-Signature=abc'); // …?X-Amz-Signature=REDACTED
 * ```
 * @public
 */
export function redact(text: string): string {
  return text
    .replace(queryParameter, '$1$2$3REDACTED')
    .replace(field, '$1$2REDACTED')
    .replace(element, '$1REDACTED');
}
