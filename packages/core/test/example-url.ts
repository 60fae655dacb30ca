/** The one object whose URL the tests of `explain` read, change and spoil. */
import { presign, type PresignRequest } from '../src/signing/presign.ts';

/** When the URL is signed. */
export const nowMs = Date.parse('2026-11-24T12:00:00Z');
export const longTerm = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'canary-secret' };
export const session = { ...longTerm, accessKeyId: 'ASIAIOSFODNN7EXAMPLE', sessionToken: 'canary-token' };

/** A download of ten minutes, but for what is changed. */
export function exampleUrl(
  change: Partial<PresignRequest> = {},
  keys: typeof longTerm & { sessionToken?: string } = longTerm,
): string {
  const request: PresignRequest = {
    method: 'GET',
    endpoint: 'https://s3.eu-central-1.amazonaws.com',
    region: 'eu-central-1',
    bucket: 'user-media',
    key: 'a/b.txt',
    expiresInSeconds: 600,
    ...change,
  };
  return presign(request, keys, { nowMs }).reveal();
}
