/**
 * Signature Version 4A, which multi-region access points want: one signature for every region. In house, because
 * the SDK presigns with it only through a native module. Source: "AWS Signature Version 4A", Amazon S3 User Guide,
 * "Multi-Region Access Points".
 */
import { sign } from 'node:crypto';
import { sha256Hex } from '#hash';
import { toAmzDate } from '../../instant.ts';
import { canonicalHeaders } from '../../signing/canonical-headers.ts';
import { canonicalQuery } from '../../signing/canonical-query.ts';
import type { SigningCredentials } from '../../signing/credentials.ts';
import type { PresignedUrl } from '../../signing/presigned-url.ts';
import { uriEncode, uriEncodePath } from '../../signing/uri-encode.ts';
import { sigv4aKey } from './sigv4a-key.ts';
import type { SpecialTerms } from './special-terms.ts';
import { toPresignedUrl } from './to-presigned-url.ts';

const algorithm = 'AWS4-ECDSA-P256-SHA256';

/** The URL of an object behind a multi-region access point, good in every region. */
export function presignSigv4a(
  terms: SpecialTerms,
  alias: string,
  credentials: SigningCredentials,
): PresignedUrl {
  const { grant, signedAtMs, expiresInSeconds } = terms;
  const host = `${alias}.accesspoint.s3-global.amazonaws.com`;
  const path = `/${uriEncodePath(grant.key)}`;
  const { dateTime, date } = toAmzDate(signedAtMs);
  const scope = `${date}/s3/aws4_request`;
  const headers = canonicalHeaders(host, grant.headers);
  const { sessionToken } = credentials;
  const fixed = [
    `X-Amz-Algorithm=${algorithm}`,
    `X-Amz-Credential=${uriEncode(`${credentials.accessKeyId}/${scope}`)}`,
    `X-Amz-Date=${dateTime}`,
    `X-Amz-Expires=${expiresInSeconds}`,
    'X-Amz-Region-Set=%2A',
    ...(sessionToken === undefined ? [] : [`X-Amz-Security-Token=${uriEncode(sessionToken)}`]),
    `X-Amz-SignedHeaders=${uriEncode(headers.names)}`,
  ];
  const query = canonicalQuery(fixed.join('&'), Object.entries(terms.query));
  const request = `${grant.method}\n${path}\n${query}\n${headers.lines}\n${headers.names}\nUNSIGNED-PAYLOAD`;
  const stringToSign = `${algorithm}\n${dateTime}\n${scope}\n${sha256Hex(request)}`;
  const signature = sign('sha256', Buffer.from(stringToSign), sigv4aKey(credentials)).toString('hex');
  return toPresignedUrl(`https://${host}${path}?${query}&X-Amz-Signature=${signature}`, terms);
}
