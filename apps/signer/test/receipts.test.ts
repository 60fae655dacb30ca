/** Receipts by a key of their own, from the file of the process to a backend that holds no secret. */
import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { receiptKeysAt, verifyReceipt } from '@valetkey/http-handler';
import { createBucket, requireEngine } from '@valetkey/testbed';
import { expect, inject, test } from 'vitest';

import { configurationFolder, nowhere, originOf, posterTo, runSigner } from './signer-under-test.ts';

const newPem = (kind: 'ed25519' | 'x25519' = 'ed25519') => {
  const { privateKey } = kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519');
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
};

async function withKeyFile(s3: Parameters<typeof configurationFolder>[0], pem: string, parts: object = {}) {
  const { folder, file, token } = await configurationFolder(s3, { ...parts });
  const keyFile = path.join(folder, 'receipts');
  await writeFile(keyFile, pem, { mode: 0o600 });
  const configuration = JSON.parse(await readFile(file, 'utf8'));
  configuration.server.receipts = { keyFile };
  await writeFile(file, JSON.stringify(configuration));
  return { file, token, keyFile };
}

test('a backend believes them with the published keys alone, also after the key has changed', async () => {
  const s3 = requireEngine(inject('engines'), 'seaweedfs');
  const bucket = `receipts-${process.pid}`;
  await createBucket(s3, bucket);
  const uploads = {
    name: 'files',
    subjects: [{ kind: 'user' }],
    store: 'media',
    bucket,
    actions: ['upload'],
    keys: ['up/{uuid}'],
    lifetime: { max: '1h' },
  };
  const first = newPem();
  const { file, token, keyFile } = await withKeyFile(s3, first, { policies: [uploads] });
  const signer = runSigner(['--config', file]);
  const origin = await originOf(signer);
  const post = posterTo(origin, token);
  const newFile = { ref: 'a', nonce: 'nonce-nonce-1', name: 'a.txt', bytes: 4, type: 'text/plain' };
  const begun = (await post('uploads', { policy: 'files', files: [newFile] })) as {
    uploads: { id: string; key: string; request: { url: string; headers: Record<string, string> } }[];
  };
  const [upload] = begun.uploads;
  if (upload === undefined) throw new Error('one upload was begun');
  const { url, headers } = upload.request;
  expect((await fetch(url, { method: 'PUT', headers, body: 'text' })).status).toBe(200);
  const complete = async () =>
    ((await post('uploads/complete', { items: [{ id: upload.id }] })) as { items: { receipt: string }[] })
      .items[0]?.receipt ?? '';
  const keys = receiptKeysAt(`${origin}/v1/receipts/keys`);
  const receipt = await complete();
  const said = { policy: 'files', subject: { kind: 'user', id: 'ann' }, key: upload.key, bytes: 4 };
  expect(await verifyReceipt(receipt, { keys })).toMatchObject(said);
  expect(await complete()).toBe(receipt);

  await writeFile(keyFile, `${newPem()}${first}`);
  await expect.poll(() => signer.output()).toContain('configuration applied');
  const renewed = await complete();
  expect(renewed).not.toBe(receipt);
  const published = receiptKeysAt(`${origin}/v1/receipts/keys`);
  for (const one of [receipt, renewed])
    expect(await verifyReceipt(one, { keys: published })).toMatchObject(said);
});

test.each([
  ['is of another kind', newPem('x25519'), /key 1: expected a private Ed25519 key in PEM.*got x25519/],
  ['is broken', newPem().replace('MC4', 'AAA'), /key 1: expected a private Ed25519 key.*got something else/],
  [
    'is no PEM',
    'c2VjcmV0LWNhbmFyeQ==',
    /expected a private key in PEM, got none\. Make one with: openssl genpkey/,
  ],
])(
  'a key that %s is refused by --check with how to make one, and not shown',
  async (_title, pem, message) => {
    const { file } = await withKeyFile(nowhere, pem);
    const signer = runSigner(['--config', file, '--check']);
    expect(await signer.ended).toBe(2);
    expect(signer.output()).toMatch(message);
    expect(signer.output()).toMatch(/invalid-configuration: .*server\.receipts\.keyFile/);
    for (const line of pem.split('\n').filter((text) => text !== '' && !text.startsWith('-----'))) {
      expect(signer.output()).not.toContain(line);
    }
  },
);
