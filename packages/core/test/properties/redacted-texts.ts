/** `redact` finds every secret in any text, and leaves the rest alone. */
import { inspect } from 'node:util';

import fc from 'fast-check';

import { redact } from '../../src/index.ts';
import { checkHidden, form, keys, presigned, query, signatures } from './secret-canaries.ts';

/** Redacts that many texts; throws at the first that still shows a secret, or that lost what is none. */
export function redactTexts(runs: number): { readonly texts: number } {
  const wrap = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => JSON.stringify({ url: text }),
    (text) => JSON.stringify(JSON.stringify({ url: text })),
    (text) => encodeURIComponent(text),
    (text) => encodeURIComponent(encodeURIComponent(text)),
    (text) => text.replaceAll('&', '&amp;'),
    (text) => `curl '${text}'`,
    (text) => `(${text}), [${text}]`,
    (text) => `<Error>${text}</Error>`,
    (text) => text.toUpperCase(),
  );
  const secret = fc.constantFrom(
    presigned,
    query,
    JSON.stringify(form),
    inspect(form),
    Object.entries(form)
      .map(([name, value]) => `-F '${name}=${value}'`)
      .join(' '),
    `x-amz-security-token: ${keys.sessionToken}`,
    `Authorization: AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/x, SignedHeaders=host, Signature=${signatures[0] ?? ''}`,
    `<AWSAccessKeyId>${keys.accessKeyId}</AWSAccessKeyId><SignatureProvided>${signatures[0] ?? ''}</SignatureProvided>`,
  );
  const plain = fc.constantFrom(
    'failed for ',
    ' and ',
    '\n',
    'policy: avatars ',
    'Größe 3 ',
    'https://h/k?a=b ',
  );
  const text = fc.array(fc.oneof(plain, fc.tuple(wrap, secret)), { maxLength: 5 });
  fc.assert(
    fc.property(text, (pieces) => {
      const whole = pieces
        .map((piece) => (typeof piece === 'string' ? piece : `${piece[0](piece[1])} `))
        .join('');
      const redacted = redact(whole);
      checkHidden(redacted);
      if (redacted !== redact(redacted)) throw new Error('redacting twice gives something else');
      const harmless = pieces.every((piece) => typeof piece === 'string');
      if (harmless && redacted !== whole) throw new Error(`harmless text was changed: ${whole}`);
    }),
    { numRuns: runs },
  );
  return { texts: runs };
}
