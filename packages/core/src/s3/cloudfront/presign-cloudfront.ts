import { getSignedUrl } from '@aws-sdk/cloudfront-signer';
import type { Grant } from '../../grant/grant.ts';
import { PresignedUrl } from '../../signing/presigned-url.ts';
import type { CloudfrontKey } from './cloudfront-key.ts';
import { toCloudfrontTerms, type CloudfrontOptions, type CloudfrontTerms } from './cloudfront-terms.ts';

/**
 * The CloudFront URL for a grant to download. Its life is the shortest of the grant's, the store's maximum and the
 * grant's end time; keys of a key group do not end. With a start time or an IP range the policy is a custom one, else
 * a canned one. Source: Amazon CloudFront Developer Guide, "Use signed URLs".
 * @throws ValetkeyError `method-not-allowed`, `invalid-bucket`, `invalid-key`, `invalid-lifetime`,
 * `invalid-configuration`
 * @example
 * ```ts
 * const url = presignCloudfront(grant, await key(), { store, nowMs: systemClock.now() });
 * ```
 * @public
 */
export function presignCloudfront(
  grant: Grant,
  key: CloudfrontKey,
  options: CloudfrontOptions,
): PresignedUrl {
  const terms = toCloudfrontTerms(grant, options);
  const signed = getSignedUrl({ url: terms.url, ...toSignerInput(terms, key) });
  const queryAt = signed.indexOf('?');
  const pathAt = signed.indexOf('/', 'https://'.length);
  const pairs = signed.slice(queryAt + 1).split('&');
  const signature = pairs.find((pair) => pair.startsWith(signatureIs)) ?? '';
  return new PresignedUrl({
    method: terms.method,
    requiredHeaders: {},
    expiresAtMs: terms.expiresAtMs,
    limitedBy: terms.limitedBy,
    origin: signed.slice(0, pathAt),
    path: signed.slice(pathAt, queryAt),
    query: pairs.filter((pair) => pair !== signature).join('&'),
    signatureName: 'Signature',
    signature: signature.slice(signatureIs.length),
  });
}

const signatureIs = 'Signature=';

/** The bounds and the key, as the AWS signer takes them. */
export function toSignerInput(terms: CloudfrontTerms, key: CloudfrontKey) {
  const { expiresAtMs, notBeforeSeconds, ipRange } = terms;
  return {
    dateLessThan: expiresAtMs,
    ...(notBeforeSeconds === undefined ? {} : { dateGreaterThan: notBeforeSeconds * 1000 }),
    ...(ipRange === undefined ? {} : { ipAddress: ipRange }),
    keyPairId: key.keyPairId,
    privateKey: key.privateKey,
  };
}
