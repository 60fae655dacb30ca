/** A backend that believes what was uploaded, and asks nobody. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

import { ValetkeyError } from '@valetkey/core';
import { receiptKeysAt, verifyReceipt } from '@valetkey/http-handler';

// The service's public keys; or its secret, where it has no receipt key.
const { PORT = '3000', RECEIPT_KEYS = '', VALETKEY_SECRET } = process.env;
const verification = VALETKEY_SECRET
  ? { secrets: [Buffer.from(VALETKEY_SECRET, 'base64')] }
  : { keys: receiptKeysAt(RECEIPT_KEYS) };
const avatars = new Map<string, { readonly owner: string; readonly bytes: number }>();

createServer((request, response) => {
  // Your own session goes here.
  const user = request.headers['x-signed-in-user'];
  accept(text(request), user).then(
    (status) => response.writeHead(status).end(),
    () => response.writeHead(500).end(),
  );
}).listen(Number(PORT), '127.0.0.1');

async function accept(body: Promise<string>, user: unknown): Promise<number> {
  try {
    const { policy, subject, key, bytes } = await verifyReceipt(await body, verification);
    if (policy !== 'avatars' || subject.id !== user) return 403;
    if (avatars.has(key)) return 409;
    avatars.set(key, { owner: subject.id, bytes });
    return 201;
  } catch (error) {
    if (error instanceof ValetkeyError && error.code === 'forbidden') return 403;
    throw error;
  }
}
