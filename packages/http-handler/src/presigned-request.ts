import { formatInstant, type PresignedUrl } from '@valetkey/core';
import type { PresignedRequest } from '@valetkey/protocol';

/** A URL as it goes to the caller: this is where it leaves the service. */
export function toRequest(url: PresignedUrl, method: PresignedRequest['method']): PresignedRequest {
  // A browser sends the length of the Blob by itself and lets no script set it.
  const { 'content-length': _length, ...headers } = url.requiredHeaders;
  return { method, url: url.reveal(), headers, expiresAt: url.expiresAt };
}

/** RFC 3339 in UTC with milliseconds. */
export function toServerTime(nowMs: number): string {
  const fraction = String(Math.floor(nowMs) % 1000).padStart(3, '0');
  return formatInstant(nowMs).replace('Z', `.${fraction}Z`);
}
