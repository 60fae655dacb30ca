/** Signs the cases with our signer. What comes out is checked by signers and verifiers that are not ours. */
import { formatInstant, parseInstant } from '../src/instant.ts';
import { parseEndpoint } from '../src/grammar/endpoint.ts';
import { toObjectAddress } from '../src/signing/object-address.ts';
import { presign } from '../src/signing/presign.ts';
import { signQuery } from '../src/signing/sign-query.ts';
import { base, cases, credentials, traps, type VectorCase } from './cases.ts';

/** The whole file as text: the same every time. */
export function makeVectors(): string {
  const document = {
    title: 'Presigned URLs for Amazon S3: Signature Version 4 in the query',
    license: 'Apache-2.0',
    documentation: 'README.md, beside this file',
    credentials,
    vectors: cases.map(makeVector),
    traps: traps.map(({ name, why, error, change }) => ({
      name,
      why,
      error,
      request: { ...base, ...change },
    })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function makeVector({ name, credentials: keysName, signedAt, request }: VectorCase) {
  const keys = credentials[keysName];
  const signedAtMs = parseInstant(signedAt, 'signedAt');
  const url = presign(request, keys, { nowMs: signedAtMs }).reveal();
  const { headers = {}, query = {}, versionId } = request;
  const address = toObjectAddress(
    parseEndpoint(request.endpoint, 'endpoint'),
    request.addressing,
    request.bucket,
    request.key,
  );
  const { canonicalRequest, stringToSign, signature } = signQuery(
    {
      method: request.method,
      ...address,
      query: [
        ...Object.entries(query),
        ...(versionId === undefined ? [] : [['versionId', versionId] as const]),
      ],
      headers,
      region: request.region,
      service: 's3',
      payloadHash: 'UNSIGNED-PAYLOAD',
      signedAtMs,
      expiresInSeconds: request.expiresInSeconds,
    },
    keys,
  );
  return {
    name,
    credentials: keysName,
    signedAt: formatInstant(signedAtMs),
    request: { ...request, headers, query },
    canonicalRequest,
    stringToSign,
    signature,
    url,
  };
}
