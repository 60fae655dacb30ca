const secretParameter =
  /([?&;\s"']|%26|%3F|^|&amp;)(X-Amz-Signature|X-Amz-Security-Token|X-Amz-Credential|(?:CloudFront-)?(?:Signature|Key-Pair-Id|Policy)|AWSAccessKeyId|x-amz-security-token)(=|%3D)[^&\s"'<>#;\\]*/gi;

/**
 * Text with the secret parts of every presigned URL in it replaced, so that it may be logged: signature,
 * session token, credential, and CloudFront's policy, in URLs and cookies. Works on URLs inside other text too.
 * @example
 * ```ts
 * redact('GET https://b.s3.amazonaws.com/k?X-Amz-Signature=abc'); // …?X-Amz-Signature=REDACTED
 * ```
 * @public
 */
export function redact(text: string): string {
  return text.replace(secretParameter, '$1$2$3REDACTED');
}
