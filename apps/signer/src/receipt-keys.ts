import { createPrivateKey, type JsonWebKey } from 'node:crypto';

import { ValetkeyError } from '@valetkey/core';
import { readText } from '@valetkey/core/s3';

const block = /-----BEGIN [A-Z ]+-----[\s\S]+?-----END [A-Z ]+-----/g;

/**
 * Reads the keys that receipts are signed with: one after the other in PEM, newest first.
 * @throws ValetkeyError `invalid-configuration`, without any part of them
 */
export async function readReceiptKeys(file: string): Promise<readonly JsonWebKey[]> {
  const field = `server.receipts.keyFile ${file}`;
  const hint = `Make one with: openssl genpkey -algorithm ed25519 -out ${file}`;
  const text = await readText(file, { code: 'invalid-configuration', field, hint });
  const keys = (text.match(block) ?? []).map((pem, index) => toJwk(pem, `${field}, key ${index + 1}`, hint));
  if (keys.length > 0) return keys;
  throw new ValetkeyError('invalid-configuration', {
    field,
    expected: 'a private key in PEM',
    got: 'none',
    hint,
  });
}

function toJwk(pem: string, field: string, hint: string): JsonWebKey {
  const expected = 'a private Ed25519 key in PEM, without a passphrase';
  let key;
  try {
    key = createPrivateKey(pem);
  } catch {
    // What OpenSSL says of it may hold a part of it.
    throw new ValetkeyError('invalid-configuration', { field, expected, got: 'something else', hint });
  }
  if (key.asymmetricKeyType === 'ed25519') return key.export({ format: 'jwk' });
  throw new ValetkeyError('invalid-configuration', {
    field,
    expected,
    got: key.asymmetricKeyType ?? 'another',
    hint,
  });
}
