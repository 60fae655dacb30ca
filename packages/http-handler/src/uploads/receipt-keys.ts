/**
 * What receipts are signed with: a key of the service's own that only it holds, or one derived from its secret, which
 * whoever believes receipts has to hold as well.
 */
import { ValetkeyError } from '@valetkey/core';
import { calculateJwkThumbprint, CompactSign, importJWK, type JWK } from 'jose';
import { z } from 'zod';

import type { ServiceKey } from '../service-keys.ts';

/** RFC 8037: its signatures of one text are the same each time, so that a repeated answer is too. */
const privateKey = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().min(1),
  d: z.string().min(1),
});

/**
 * A set of public keys. RFC 7517, section 5.
 * @public
 */
export interface ReceiptKeySet {
  readonly keys: readonly PublicReceiptKey[];
}

/**
 * A public key that receipts are verified with. RFC 8037, section 2; `kid` is its thumbprint (RFC 7638).
 * @public
 */
export interface PublicReceiptKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

/** Signs receipts, and tells what they can be verified with. */
export interface ReceiptSigner {
  readonly sign: (text: string) => Promise<string>;
  readonly publicKeys: () => Promise<ReceiptKeySet>;
}

export const receiptType = 'valetkey-receipt';

/**
 * A signer with the first of the private keys, or with the service's secret where there are none.
 * @throws ValetkeyError `invalid-configuration` for a key that is no private Ed25519 key
 */
export function createReceiptSigner(
  privateKeys: readonly JWK[],
  serviceKeys: () => Promise<readonly [ServiceKey, ...ServiceKey[]]>,
): ReceiptSigner {
  const [newest, ...older] = privateKeys.map(parseKey);
  if (newest === undefined) {
    return {
      sign: async (text) => signShared(text, (await serviceKeys())[0]),
      publicKeys: async () => ({ keys: [] }),
    };
  }
  let keys: Promise<readonly [PublicReceiptKey, ...PublicReceiptKey[]]> | undefined;
  const published = () => (keys ??= Promise.all([toPublic(newest), ...older.map(toPublic)]));
  let imported: ReturnType<typeof importJWK> | undefined;
  return {
    sign: async (text) => {
      const [{ alg, kid }] = await published();
      return sign(text, { alg, kid }, await (imported ??= importJWK(newest, alg)));
    },
    publicKeys: async () => ({ keys: await published() }),
  };
}

function signShared(text: string, { kid, receipts }: ServiceKey): Promise<string> {
  return sign(text, { alg: 'HS256', kid }, receipts);
}

function sign(
  text: string,
  header: { readonly alg: string; readonly kid: string },
  key: Parameters<CompactSign['sign']>[0],
): Promise<string> {
  return new CompactSign(new TextEncoder().encode(text))
    .setProtectedHeader({ ...header, typ: receiptType })
    .sign(key);
}

async function toPublic({ kty, crv, x }: z.infer<typeof privateKey>): Promise<PublicReceiptKey> {
  return { kty, crv, x, kid: await calculateJwkThumbprint({ kty, crv, x }), alg: 'EdDSA', use: 'sig' };
}

function parseKey(key: JWK, index: number): z.infer<typeof privateKey> {
  const parsed = privateKey.safeParse(key);
  if (parsed.success) return parsed.data;
  throw new ValetkeyError('invalid-configuration', {
    field: `receiptKeys[${index}]`,
    expected: 'a private Ed25519 key',
    got: `another (kty ${String(key.kty)}, crv ${String(key.crv)})`,
    hint: 'Make one with: openssl genpkey -algorithm ed25519',
  });
}
