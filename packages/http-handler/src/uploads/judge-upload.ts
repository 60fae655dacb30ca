import type { Head, StoredObject } from '../store/head-object.ts';
import type { UploadClaims } from './upload-token.ts';

/** What the store shows of an upload. */
export type Verdict =
  | { readonly kind: 'completed'; readonly object: StoredObject }
  /** Nothing of it is there yet; what may be there is older. */
  | { readonly kind: 'open'; readonly isOccupied: boolean }
  /** Another upload, or something that is no upload, wrote the key since. */
  | { readonly kind: 'superseded' }
  /** It is there, but not as it was declared. */
  | { readonly kind: 'mismatch'; readonly field: 'size' | 'type'; readonly object: StoredObject }
  | { readonly kind: 'hidden' };

/** Decides by HEAD alone whose object a key holds. */
export function judgeUpload(claims: UploadClaims, head: Head): Verdict {
  if (head.kind === 'hidden') return { kind: 'hidden' };
  if (head.kind === 'absent') return { kind: 'open', isOccupied: false };
  const { object } = head;
  if (object.marker !== claims.marker) {
    return isOlder(object, claims) ? { kind: 'open', isOccupied: true } : { kind: 'superseded' };
  }
  if (object.bytes !== claims.bytes) return { kind: 'mismatch', field: 'size', object };
  if (object.type.toLowerCase() !== claims.type.toLowerCase())
    return { kind: 'mismatch', field: 'type', object };
  return { kind: 'completed', object };
}

/** Stores say whole seconds. */
function isOlder({ lastModifiedMs }: StoredObject, { issuedAtMs }: UploadClaims): boolean {
  return lastModifiedMs !== undefined && lastModifiedMs < Math.floor(issuedAtMs / 1000) * 1000;
}
