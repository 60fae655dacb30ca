import { createPrivateKey, type KeyObject } from 'node:crypto';
import { ValetkeyError } from '../../errors.ts';
import { quote } from '../../grammar/quote.ts';
import { inspect } from '../../signing/inspect-symbol.ts';
import { readText } from '../read-text.ts';

const keyPairIdPattern = /^[A-Z0-9]{10,32}$/;
const rsaBits = 2048;
const curve = 'prime256v1';

/**
 * Where the key of a CloudFront key group lies.
 * @public
 */
export interface CloudfrontKeySource {
  /** The public key's id at CloudFront: `K2JCJMDEHXQW5F`. */
  readonly keyPairId: string;
  /** PEM: RSA of 2048 bits or ECDSA on P-256, unencrypted. */
  readonly privateKeyFile: string;
}

/**
 * A key that signs for a CloudFront distribution. The private part is readable by property and by nothing else.
 * @public
 */
export class CloudfrontKey {
  readonly keyPairId: string;
  readonly #privateKey: string;

  /**
   * @throws ValetkeyError `invalid-configuration` for the id, `credentials-unavailable` for a key that CloudFront
   * would not take; neither shows any of it
   */
  constructor(keyPairId: string, privateKey: string, field = 'privateKey') {
    if (!keyPairIdPattern.test(keyPairId)) {
      throw new ValetkeyError('invalid-configuration', {
        field: 'keyPairId',
        expected: 'the id of a public key at CloudFront, such as K2JCJMDEHXQW5F',
        got: quote(keyPairId),
      });
    }
    checkPrivateKey(privateKey, field);
    this.keyPairId = keyPairId;
    this.#privateKey = privateKey;
  }

  /** PEM. */
  get privateKey(): string {
    return this.#privateKey;
  }

  toString(): string {
    return `CloudfrontKey(${this.keyPairId})`;
  }

  toJSON(): { readonly keyPairId: string } {
    return { keyPairId: this.keyPairId };
  }

  [inspect](): string {
    return this.toString();
  }
}

/**
 * Reads the key at each call, so that rotation is seen.
 * @throws (the result) ValetkeyError `credentials-unavailable`, without any part of the file
 * @public
 */
export function cloudfrontKeyProvider({
  keyPairId,
  privateKeyFile,
}: CloudfrontKeySource): () => Promise<CloudfrontKey> {
  let kept: CloudfrontKey | undefined;
  return async () => {
    const pem = await readText(privateKeyFile, { code: 'credentials-unavailable' });
    if (kept?.privateKey !== pem) kept = new CloudfrontKey(keyPairId, pem, privateKeyFile);
    return kept;
  };
}

function checkPrivateKey(pem: string, field: string): void {
  const { asymmetricKeyType, asymmetricKeyDetails } = parseKey(pem, field);
  if (asymmetricKeyType === 'rsa' && asymmetricKeyDetails?.modulusLength === rsaBits) return;
  if (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === curve) return;
  throw refusal(field, `one of type ${asymmetricKeyType ?? 'unknown'} that CloudFront does not take`);
}

function parseKey(pem: string, field: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // What OpenSSL says is of no use, and may be about a secret.
    throw refusal(field, 'something else, not shown here');
  }
}

function refusal(field: string, got: string): ValetkeyError {
  return new ValetkeyError('credentials-unavailable', {
    field,
    expected: 'a private key in PEM: RSA of 2048 bits or ECDSA on P-256, without a passphrase',
    got,
  });
}
