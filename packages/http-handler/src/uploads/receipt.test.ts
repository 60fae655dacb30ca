import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose';
import { describe, expect, onTestFinished, test } from 'vitest';

import { deriveServiceKeys } from '../service-keys.ts';
import { createReceiptSigner, type ReceiptSigner } from './receipt-keys.ts';
import { receiptKeysAt } from './receipt-keys-at.ts';
import { toText, type Receipt } from './receipt.ts';
import { verifyReceipt } from './verify-receipt.ts';

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

describe('a refusal says what was expected, what came and what to do', () => {
  const signer = async () => createReceiptSigner([await newKey()], keysOf);
  const shared = createReceiptSigner([], keysOf);
  const signAs = async (key: JWK, header: object, text: string) =>
    new CompactSign(new TextEncoder().encode(text))
      .setProtectedHeader({ alg: 'EdDSA', typ: 'valetkey-receipt', ...header })
      .sign({ ...key, alg: 'EdDSA' });
  const messageOf = async (text: string, verification: Parameters<typeof verifyReceipt>[1]) => {
    const error: unknown = await verifyReceipt(text, verification).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'forbidden', field: 'receipt' });
    return error instanceof Error ? error.message : '';
  };

  test.each([
    ['nothing', '', /got an empty text\. Hand on the receipt of the answer/],
    ['a text', 'canary', /a receipt of three parts .*got 1 parts/],
    ['an address', 'https://canary.example.com/', /got 3 parts|cannot be read/],
    ['three parts that are none', 'canary.canary.canary', /three parts of which the first cannot be read/],
  ])('of %s, without repeating it', async (_title, text, message) => {
    const said = await messageOf(text, { keys: await (await signer()).publicKeys() });
    expect(said).toMatch(message);
    expect(said).not.toContain('canary');
  });

  test('of what a program without types may hand over', async () => {
    const verification = { keys: await (await signer()).publicKeys() };
    for (const given of [undefined, null, 7, { receipt: 'x' }]) {
      expect(await messageOf(given as never, verification)).toContain('a receipt of three parts');
    }
  });

  test('of the other way of signing, and how to verify that', async () => {
    const own = await signer();
    expect(await messageOf(await signed(shared), { keys: await own.publicKeys() })).toMatch(
      /expected the algorithm EdDSA, got "HS256"\. .*server\.receipts.*verify with its secrets/,
    );
    expect(await messageOf(await signed(own), { secrets: [secret] })).toMatch(
      /expected the algorithm HS256, got "EdDSA"\. .*receiptKeysAt/,
    );
  });

  test('of a key that is not among them: by name, of a set and of secrets', async () => {
    const [own, other] = [await signer(), await signer()];
    const [mine, theirs] = [await own.publicKeys(), await other.publicKeys()];
    const said = await messageOf(await signed(other), { keys: mine });
    expect(said).toContain(
      `expected one of the keys "${mine.keys[0]?.kid}", got the key "${theirs.keys[0]?.kid}"`,
    );
    expect(said).toContain('taken away since');
    expect(await messageOf(await signed(own), { keys: { keys: [] } })).toContain('one of the keys (none)');
    const otherSecret = new Uint8Array(32).fill(8);
    expect(await messageOf(await signed(shared), { secrets: [otherSecret] })).toMatch(
      /expected one of the keys "[0-9a-f]{12}", got the key "[0-9a-f]{12}"/,
    );
  });

  test('of a signature, a type and a content that are others', async () => {
    const key = await newKey();
    const keys = await createReceiptSigner([key], keysOf).publicKeys();
    const kid = keys.keys[0]?.kid ?? '';
    const [header, payload] = (await signAs(key, { kid }, toText(receipt))).split('.');
    expect(await messageOf(`${header}.${payload}.${'A'.repeat(86)}`, { keys })).toMatch(
      /expected the signature of the key "[^"]+", got another one\. It was changed on the way/,
    );
    expect(await messageOf(await signAs(key, { kid, typ: 'JWT' }, toText(receipt)), { keys })).toContain(
      'expected the type "valetkey-receipt", got "JWT"',
    );
    const odd = toText(receipt).replace('"bytes":8', '"bytes":"canary"');
    const said = await messageOf(await signAs(key, { kid }, odd), { keys });
    expect(said).toContain('expected the fields of a receipt, got something else in "bytes"');
    expect(said).not.toContain('canary');
    expect(await messageOf(await signAs(key, { kid }, 'no JSON'), { keys })).toContain('got something else.');
  });

  test('keys that are none, and an address that is none, are the mistake of the program', async () => {
    const text = await signed(await signer());
    await expect(verifyReceipt(text, { keys: {} as never })).rejects.toMatchObject({
      code: 'invalid-configuration',
      expected: expect.stringContaining('/v1/receipts/keys'),
    });
    for (const url of ['', 'sign.example.com', 'file:///keys']) {
      expect(() => receiptKeysAt(url)).toThrow(expect.objectContaining({ code: 'invalid-configuration' }));
    }
  });

  test('keys that cannot be had name the reason', async () => {
    const server = createServer((_request, response) => response.end('a page'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const text = await signed(await signer());
    const reason = async () =>
      verifyReceipt(text, { keys: receiptKeysAt(url) }).catch((error: unknown) => error);
    expect(await reason()).toMatchObject({
      code: 'identity-unavailable',
      got: 'an answer that is no set of keys',
    });
    await new Promise((resolve) => server.close(resolve));
    expect(await reason()).toMatchObject({ code: 'identity-unavailable', got: 'ECONNREFUSED' });
  });
});
