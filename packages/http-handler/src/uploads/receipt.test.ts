import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose';
import { describe, expect, onTestFinished, test } from 'vitest';

import { deriveServiceKeys } from '../service-keys.ts';
import { createReceiptSigner, type ReceiptSigner } from './receipt-keys.ts';
import { receiptKeysAt, toText, verifyReceipt, type Receipt } from './receipt.ts';

const secret = new Uint8Array(32).fill(7);
const keysOf = () => deriveServiceKeys([secret]);
const receipt: Receipt = {
  policy: 'avatars',
  subject: { kind: 'user', id: 'ann' },
  key: 'avatars/ann/a.png',
  bytes: 8,
  type: 'image/png',
  etag: '"1"',
};

async function newKey(crv: 'Ed25519' | 'P-256' = 'Ed25519'): Promise<JWK> {
  const { privateKey } = await generateKeyPair(crv === 'Ed25519' ? 'EdDSA' : 'ES256', { extractable: true });
  return exportJWK(privateKey);
}

const signed = (signer: ReceiptSigner) => signer.sign(toText(receipt));

describe('with a key of its own', () => {
  test('a receipt is verified with what is published, says the same each time, and no secret is needed', async () => {
    const signer = createReceiptSigner([await newKey()], keysOf);
    const keys = await signer.publicKeys();
    expect(await verifyReceipt(await signed(signer), { keys })).toEqual(receipt);
    expect(await signed(signer)).toBe(await signed(signer));
    expect(JSON.stringify(keys)).not.toContain('"d"');
    await expect(verifyReceipt(await signed(signer), { secrets: [secret] })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('a new key signs from then on, and the older one is still believed until it is taken away', async () => {
    const [older, newer] = [await newKey(), await newKey()];
    const before = await signed(createReceiptSigner([older], keysOf));
    const both = createReceiptSigner([newer, older], keysOf);
    const after = createReceiptSigner([newer], keysOf);
    for (const keys of [await both.publicKeys(), await after.publicKeys()]) {
      expect(await verifyReceipt(await signed(both), { keys })).toEqual(receipt);
    }
    expect(await verifyReceipt(before, { keys: await both.publicKeys() })).toEqual(receipt);
    await expect(verifyReceipt(before, { keys: await after.publicKeys() })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test.each<[string, (key: JWK, kid: string) => Promise<string>]>([
    ['of another service', async () => signed(createReceiptSigner([await newKey()], keysOf))],
    ['signed with the secret', async () => signed(createReceiptSigner([], keysOf))],
    [
      'signed with the public key as a shared one',
      async ({ x = '' }, kid) =>
        new CompactSign(new TextEncoder().encode(toText(receipt)))
          .setProtectedHeader({ alg: 'HS256', kid, typ: 'valetkey-receipt' })
          .sign(Uint8Array.from(Buffer.from(x, 'base64url'))),
    ],
    [
      'that is another kind of text of the same key',
      async (key, kid) =>
        new CompactSign(new TextEncoder().encode(toText(receipt)))
          .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'JWT' })
          .sign({ ...key, alg: 'EdDSA' }),
    ],
    ['that is no JWS', async () => 'junk'],
  ])('a receipt %s is forbidden', async (_title, make) => {
    const key = await newKey();
    const keys = await createReceiptSigner([key], keysOf).publicKeys();
    const forged = await make(key, keys.keys[0]?.kid ?? '');
    await expect(verifyReceipt(forged, { keys })).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('published keys are fetched once, and while they cannot be had that is no refusal', async () => {
    const signer = createReceiptSigner([await newKey()], keysOf);
    let status = 503;
    let fetches = 0;
    const published = JSON.stringify(await signer.publicKeys());
    const server = createServer((_request, response) => {
      fetches += 1;
      response.writeHead(status, { 'content-type': 'application/json' }).end(published);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/receipts/keys`;
    await expect(verifyReceipt(await signed(signer), { keys: receiptKeysAt(url) })).rejects.toMatchObject({
      code: 'identity-unavailable',
      retryable: true,
    });
    status = 200;
    const keys = receiptKeysAt(url);
    const other = createReceiptSigner([await newKey()], keysOf);
    for (let round = 0; round < 3; round += 1) {
      expect(await verifyReceipt(await signed(signer), { keys })).toEqual(receipt);
      await expect(verifyReceipt(await signed(other), { keys })).rejects.toMatchObject({ code: 'forbidden' });
    }
    expect(fetches).toBe(2);
  });

  test('a key of another kind, or a public one, is refused at once', async () => {
    const { d: _private, ...half } = await newKey();
    for (const key of [await newKey('P-256'), half]) {
      expect(() => createReceiptSigner([key], keysOf)).toThrow(
        expect.objectContaining({ code: 'invalid-configuration', field: 'receiptKeys[0]' }),
      );
    }
  });
});

test('without one it is verified with the secret, and nothing is published', async () => {
  const signer = createReceiptSigner([], keysOf);
  expect(await signer.publicKeys()).toEqual({ keys: [] });
  expect(await verifyReceipt(await signed(signer), { secrets: [secret] })).toEqual(receipt);
  const keys = await createReceiptSigner([await newKey()], keysOf).publicKeys();
  await expect(verifyReceipt(await signed(signer), { keys })).rejects.toMatchObject({ code: 'forbidden' });
});
