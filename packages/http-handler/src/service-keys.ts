/**
 * What is derived from the service's secrets: one key for each use, so that no value made for one use can
 * stand for another. HKDF: RFC 5869.
 */
import { ValetkeyError } from '@valetkey/core';

const minSecretBytes = 32;
const accepted = 2;

/** A key as Web Crypto holds it. */
export type HmacKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** The keys of one secret. */
export interface ServiceKey {
  /** Names the secret in tokens without telling anything of it. */
  readonly kid: string;
  /** AES-256. */
  readonly encryption: Uint8Array;
  readonly receipts: Uint8Array;
  readonly names: HmacKey;
}

/**
 * Checks what keys are derived from.
 * @throws ValetkeyError `invalid-configuration` without a secret, or with one shorter than 32 bytes
 */
export function checkSecrets(secrets: readonly Uint8Array[]): void {
  const short = secrets.findIndex(({ byteLength }) => byteLength < minSecretBytes);
  if (secrets.length > 0 && short < 0) return;
  throw new ValetkeyError('invalid-configuration', {
    field: short < 0 ? 'secrets' : `secrets[${short}]`,
    expected: `at least ${minSecretBytes} bytes of randomness`,
    got: short < 0 ? 'no secret' : `${secrets[short]?.byteLength} bytes`,
  });
}

/**
 * Derives the keys of the newest two secrets, newest first.
 * @throws ValetkeyError as {@link checkSecrets}
 */
export async function deriveServiceKeys(
  secrets: readonly Uint8Array[],
): Promise<readonly [ServiceKey, ...ServiceKey[]]> {
  checkSecrets(secrets);
  const [newest, ...older] = secrets.slice(0, accepted).map(deriveKey);
  if (newest === undefined) throw new TypeError('there is at least one secret');
  return Promise.all([newest, ...older]);
}

async function deriveKey(secret: Uint8Array): Promise<ServiceKey> {
  const base = await crypto.subtle.importKey('raw', Uint8Array.from(secret), 'HKDF', false, ['deriveBits']);
  const derive = async (use: string, bytes: number) =>
    new Uint8Array(
      await crypto.subtle.deriveBits(
        {
          name: 'HKDF',
          hash: 'SHA-256',
          salt: new Uint8Array(),
          info: new TextEncoder().encode(`valetkey/v1/${use}`),
        },
        base,
        bytes * 8,
      ),
    );
  const [kid, encryption, receipts, names] = await Promise.all([
    derive('kid', 6),
    derive('upload-id', 32),
    derive('receipt', 32),
    derive('name', 32),
  ]);
  return {
    kid: toHex(kid),
    encryption,
    receipts,
    names: await crypto.subtle.importKey('raw', names, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']),
  };
}

/** Lower-case hex digits. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
