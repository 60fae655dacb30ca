/** A backend that believes what was uploaded, and asks nobody. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

import { ValetkeyError } from '@valetkey/core';
import { verifyReceipt } from '@valetkey/http-handler';

const { PORT = '3000', VALETKEY_SECRET } = process.env;
if (!VALETKEY_SECRET) throw new Error('set VALETKEY_SECRET');
const secrets = [Buffer.from(VALETKEY_SECRET, 'base64')];
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
    const { policy, subject, key, bytes } = await verifyReceipt(await body, { secrets });
    if (policy !== 'avatars' || subject.id !== user) return 403;
    if (avatars.has(key)) return 409;
    avatars.set(key, { owner: subject.id, bytes });
    return 201;
  } catch (error) {
    if (error instanceof ValetkeyError && error.code === 'forbidden') return 403;
    throw error;
  }
}
