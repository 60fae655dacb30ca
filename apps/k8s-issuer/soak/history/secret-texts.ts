/** The signing key that every replica of a soak is given where no real store is. */
const neverShown = /X-Amz-Signature=[0-9a-f]|X-Amz-Credential=|canary-secret-key|Bearer ey|eyJhbGciOi/g;

/** How often a text shows a signed URL, a key or a token; `more` are secrets of this run. */
export function countSecrets(text: string, more: readonly string[] = []): number {
  const known = more.reduce((count, secret) => count + text.split(secret).length - 1, 0);
  return known + [...text.matchAll(neverShown)].length;
}
