/**
 * Names that a replayed request gets again without a database: both are an HMAC over everything that makes
 * two uploads the same, so another file, subject or policy never gets them.
 */
import type { Subject } from '@valetkey/core';
import type { NewFile } from '@valetkey/protocol';

import { toHex, type HmacKey } from '../service-keys.ts';

/** What the server names in an upload. */
export interface UploadNames {
  /** Value of `{uuid}` in the key. */
  readonly uuid: string;
  /** 32 hex digits: `x-amz-meta-valetkey-upload`. */
  readonly marker: string;
}

/** The names of one file's upload. */
export async function uploadNames(
  key: HmacKey,
  policy: string,
  subject: Subject,
  { nonce, name, bytes, type }: NewFile,
): Promise<UploadNames> {
  const parts = [policy, subject.kind, subject.id, nonce, name, String(bytes), type];
  const digest = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(JSON.stringify(parts)));
  const hex = toHex(new Uint8Array(digest));
  return { uuid: toUuid(hex.slice(0, 32)), marker: hex.slice(32) };
}

/** Version 8 ("custom") of RFC 9562, section 5.8. */
function toUuid(hex: string): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
