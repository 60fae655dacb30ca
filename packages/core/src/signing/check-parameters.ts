import { ValetkeyError } from '../errors.ts';
import { quote } from '../grammar/quote.ts';

const headerName = /^[a-z0-9!#$%&'*+.^_`|~-]{1,256}$/;
// Printable ASCII that begins and ends with a visible character: what every HTTP client sends unchanged.
const headerValue = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
// A client or proxy sets or drops these by itself, so a signature over them would break.
const unsignable = new Set([
  'host',
  'connection',
  'transfer-encoding',
  'authorization',
  'expect',
  'te',
  'upgrade',
  // Secrets: what must be sent is shown, and the token is signed in the query.
  'x-amz-security-token',
  'x-amz-server-side-encryption-customer-key',
]);
const signatureParameter =
  /^x-amz-(?:algorithm|credential|date|expires|signedheaders|signature|security-token)$/i;

/**
 * Headers to sign: lower-case names, values that travel unchanged.
 * @throws ValetkeyError `invalid-metadata` naming the header
 */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!headerName.test(name) || unsignable.has(name)) {
      throw new ValetkeyError('invalid-metadata', {
        field: 'headers',
        expected: 'lower-case names of headers that a client may set',
        got: quote(name),
      });
    }
    if (typeof value !== 'string' || value.length > 8192 || !headerValue.test(value)) {
      throw new ValetkeyError('invalid-metadata', {
        field: name,
        expected: 'printable ASCII without leading or trailing space',
        got: quote(value),
      });
    }
  }
}

/**
 * Query parameters to sign; those of the signature itself are not the caller's.
 * @throws ValetkeyError `unknown-field` naming the parameter
 */
export function checkQuery(query: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(query)) {
    if (name === '' || signatureParameter.test(name) || typeof value !== 'string' || !value.isWellFormed()) {
      throw new ValetkeyError('unknown-field', {
        field: `query[${quote(name)}]`,
        expected: 'a parameter of the operation, such as response-content-disposition',
      });
    }
  }
}

/**
 * A version as a store names it.
 * @throws ValetkeyError `version-required`
 */
export function checkVersionId(versionId: string | undefined): void {
  if (versionId === undefined || /^[\x21-\x7e]{1,1024}$/.test(versionId)) return;
  throw new ValetkeyError('version-required', {
    field: 'versionId',
    expected: '1 to 1024 printable characters without space',
    got: quote(versionId),
  });
}
