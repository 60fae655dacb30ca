/** Keys, a URL and a form that must not be seen anywhere, and the look at whether they are. */
import { inspect } from 'node:util';

import * as core from '../../src/index.ts';
import { postForm } from '../../src/signing.ts';

export const nowMs = 1_795_000_000_000;
export const keys = {
  accessKeyId: 'AKIACANARYCANARY0000',
  secretAccessKey: 'canarySecret/KEY+0123456789abcdefghijklm',
  sessionToken: 'canaryToken//EAkaDGV1LWNlbnRyYWwtMSJHMEUCIQ+=='.repeat(4),
};
export const store = core.defineStore({ name: 'media', profile: 'aws', region: 'eu-central-1' });
export const ownGrant = core.ownerGrant(
  { method: 'PUT', bucket: 'media', key: 'a/b.png', lifetimeSeconds: 60, upload: { contentLength: 3 } },
  store,
);
export const presigned = core.presign(ownGrant, keys, { store, nowMs }).reveal();
export const form = postForm(
  {
    endpoint: 'https://s3.eu-central-1.amazonaws.com',
    region: 'eu-central-1',
    bucket: 'media',
    key: 'a.png',
    maxBytes: 9,
    expiresInSeconds: 60,
  },
  keys,
  { nowMs },
).reveal();
export const query = presigned.slice(presigned.indexOf('?'));
export const signatures = [
  new URL(presigned).searchParams.get('X-Amz-Signature') ?? 'none',
  form['x-amz-signature'] ?? 'none',
];
/** Throws when a text shows one of them. */
export function checkHidden(text: string): void {
  const shown = text.toLowerCase();
  const secrets = [keys.secretAccessKey, keys.sessionToken.slice(0, 24), 'canarytoken', ...signatures];
  const found = secrets.find((secret) => shown.includes(secret.toLowerCase()));
  if (found !== undefined) throw new Error(`shows ${found}: ${text}`);
}

/** All the ways in which an error gets into a log. */
export function everythingOf(error: Error): string {
  const cause = error.cause instanceof Error ? everythingOf(error.cause) : String(error.cause);
  const { stack = '', message } = error;
  return [
    message,
    stack,
    String(error),
    JSON.stringify(error),
    JSON.stringify(core.redactError(error)),
    inspect(error, { depth: 9, showHidden: true }),
    cause,
  ].join('\n');
}
