import { sha256Hex } from '#hash';
import { toAmzDate } from '../instant.ts';
import { canonicalHeaders, type SignedHeaders } from './canonical-headers.ts';
import { canonicalQuery, type QueryParameters } from './canonical-query.ts';
import type { SigningCredentials } from './credentials.ts';
import { signingScope } from './signing-scope.ts';
import { uriEncode } from './uri-encode.ts';

/** A request with everything decided; nothing of it is checked here. */
export interface QuerySigningInput {
  readonly method: string;
  /** The `host` header: name and any port that is not the scheme's own. */
  readonly host: string;
  /** Encoded, beginning with a slash. */
  readonly path: string;
  readonly query: QueryParameters;
  /** Lower-case names, without `host`. */
  readonly headers: SignedHeaders;
  readonly region: string;
  readonly service: string;
  readonly payloadHash: string;
  /** Milliseconds since the epoch. */
  readonly signedAtMs: number;
  readonly expiresInSeconds: number;
}

/** The signature and every string on the way to it, for inspection. */
export interface QuerySignature {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  readonly signature: string;
  /** Canonical query without the signature. */
  readonly query: string;
}

/**
 * Signs a request in its query. Source: Signature Version 4, "Authenticating Requests: Using Query Parameters".
 */
export function signQuery(input: QuerySigningInput, credentials: SigningCredentials): QuerySignature {
  const { dateTime, date } = toAmzDate(input.signedAtMs);
  const scope = signingScope(credentials, date, input.region, input.service);
  const headers = canonicalHeaders(input.host, input.headers);
  const query = canonicalQuery(
    `X-Amz-Algorithm=AWS4-HMAC-SHA256&${scope.credentialParameter}&X-Amz-Date=${dateTime}&X-Amz-Expires=${input.expiresInSeconds}${scope.tokenParameter}&X-Amz-SignedHeaders=${uriEncode(headers.names)}`,
    input.query,
  );
  const canonicalRequest = `${input.method}\n${input.path}\n${query}\n${headers.lines}\n${headers.names}\n${input.payloadHash}`;
  const stringToSign = `AWS4-HMAC-SHA256\n${dateTime}\n${scope.scope}\n${sha256Hex(canonicalRequest)}`;
  return { canonicalRequest, stringToSign, signature: scope.sign(stringToSign), query };
}
