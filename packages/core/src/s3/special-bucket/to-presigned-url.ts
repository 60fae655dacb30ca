import { PresignedUrl } from '../../signing/presigned-url.ts';
import type { SpecialTerms } from './special-terms.ts';

const signatureIs = 'X-Amz-Signature=';

/** A finished URL, taken apart so that it hides what must be hidden. */
export function toPresignedUrl(url: string, terms: SpecialTerms): PresignedUrl {
  const { grant, signedAtMs, expiresInSeconds, limitedBy } = terms;
  const queryAt = url.indexOf('?');
  const pathAt = url.indexOf('/', 'https://'.length);
  const pairs = url.slice(queryAt + 1).split('&');
  const signature = pairs.find((pair) => pair.startsWith(signatureIs)) ?? signatureIs;
  return new PresignedUrl({
    method: grant.method,
    requiredHeaders: grant.headers,
    expiresAtMs: signedAtMs + expiresInSeconds * 1000,
    limitedBy,
    origin: url.slice(0, pathAt),
    path: url.slice(pathAt, queryAt),
    query: pairs.filter((pair) => pair !== signature).join('&'),
    signature: signature.slice(signatureIs.length),
  });
}
