/**
 * The `id` of an upload: everything the server must know again, encrypted for itself (JWE, RFC 7516, `dir`
 * with A256GCM). It is no authority alone: subject and policy are checked at every use.
 */
import { ValetkeyError } from '@valetkey/core';
import { CompactEncrypt, compactDecrypt, errors } from 'jose';
import { z } from 'zod';

import type { ServiceKey } from '../service-keys.ts';

const algorithm = z.enum(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256']);

const claimsSchema = z.object({
  policy: z.string(),
  kind: z.enum(['anonymous', 'user', 'serviceAccount']),
  sub: z.string(),
  store: z.string(),
  bucket: z.string(),
  key: z.string(),
  marker: z.string(),
  bytes: z.number(),
  type: z.string(),
  checksum: z.object({ algorithm, value: z.string() }).optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  contentDisposition: z.string().optional(),
  cacheControl: z.string().optional(),
  /** Absent when the file goes up in one piece. */
  multipart: z
    .object({ uploadId: z.string(), partBytes: z.number(), partChecksum: algorithm.optional() })
    .optional(),
  issuedAtMs: z.number(),
  expiresAtMs: z.number(),
});

/** What a token carries. */
export type UploadClaims = z.infer<typeof claimsSchema>;

/** Of an upload in parts. */
export type MultipartClaims = UploadClaims & {
  readonly multipart: NonNullable<UploadClaims['multipart']>;
};

/** Whether the file goes up in parts. */
export function isMultipart(claims: UploadClaims): claims is MultipartClaims {
  return claims.multipart !== undefined;
}

/** Encrypts with the newest key. */
export async function sealUpload(claims: UploadClaims, key: ServiceKey): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: key.kid })
    .encrypt(key.encryption);
}

/**
 * Decrypts with any key that is still accepted; whether the session has ended is the caller's to ask.
 * @throws ValetkeyError `upload-not-found` for anything this service did not seal
 */
export async function openUpload(id: string, keys: readonly ServiceKey[]): Promise<UploadClaims> {
  try {
    const { plaintext } = await compactDecrypt(id, ({ kid }) => keyNamed(kid, keys), {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
    return claimsSchema.parse(JSON.parse(new TextDecoder().decode(plaintext)));
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) {
      throw new ValetkeyError('upload-not-found', { cause: error });
    }
    throw error;
  }
}

function keyNamed(kid: string | undefined, keys: readonly ServiceKey[]): Uint8Array {
  const key = keys.find((candidate) => candidate.kid === kid);
  if (key === undefined) throw new errors.JWEDecryptionFailed();
  return key.encryption;
}
