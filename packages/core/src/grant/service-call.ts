/**
 * The calls that a service makes to a store for itself. Their URLs go from the signer to `fetch` and to nobody
 * else, so they need no grant; they are short-lived and signed for the store's own endpoint. Creating an upload
 * takes a grant all the same: it decides what the object will be.
 */
import type { BucketName } from '../grammar/brands.ts';
import type { ChecksumAlgorithm } from '../grammar/object-terms.ts';
import { checkCredentials } from '../signing/check-credentials.ts';
import { checkHeaders } from '../signing/check-parameters.ts';
import type { SigningCredentials } from '../signing/credentials.ts';
import { presignObject } from '../signing/presign-object.ts';
import type { PresignedUrl } from '../signing/presigned-url.ts';
import type { Store } from '../store/store.ts';
import { checkSigV4 } from './check-store.ts';
import type { Grant } from './grant.ts';
import { toServiceCallTerms } from './service-call-terms.ts';

const callSeconds = 300;

/**
 * How a store checks a multipart upload: over the parts' checksums, or over the whole object's bytes.
 * @public
 */
export type ChecksumType = 'COMPOSITE' | 'FULL_OBJECT';

interface Place {
  readonly bucket: BucketName;
  readonly key: string;
}

interface OfUpload extends Place {
  readonly uploadId: string;
}

/**
 * What a service may ask a store by itself.
 * @public
 */
export type ServiceCall =
  | (Place & {
      readonly kind: 'head';
      readonly versionId?: string | undefined;
      /** Also tell the object's checksum. @default false */
      readonly checksum?: boolean;
    })
  | {
      readonly kind: 'list';
      readonly bucket: BucketName;
      readonly prefix: string;
      /** From the page before. */
      readonly cursor?: string | undefined;
    }
  | {
      readonly kind: 'create-multipart';
      /** Of the PUT that the parts stand for: type, metadata and marker are the object's. */
      readonly grant: Grant;
      readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType } | undefined;
    }
  | (OfUpload & {
      readonly kind: 'list-parts';
      /** `NextPartNumberMarker` of the page before. */
      readonly after?: string | undefined;
    })
  | {
      /** Open uploads, first page: stores differ on the second. */
      readonly kind: 'list-uploads';
      readonly bucket: BucketName;
      readonly prefix: string;
    }
  | (OfUpload & {
      readonly kind: 'complete-multipart';
      /** Size that the object must have. */
      readonly bytes?: number | undefined;
      /** Refuse to replace an object. @default false */
      readonly onlyIfAbsent?: boolean;
      /** Digest of the whole object, for `FULL_OBJECT`. */
      readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined;
      readonly checksumType?: ChecksumType | undefined;
    })
  | (OfUpload & { readonly kind: 'abort-multipart' });

/**
 * The URL of a service's own call. What it says in `requiredHeaders` must be sent; a body is not signed.
 * @throws ValetkeyError `credentials-unavailable`, `credentials-expired`, `invalid-metadata`, `version-required`,
 * `upload-not-found`, `checksum-required` for malformed values
 * @public
 */
export function presignServiceCall(
  call: ServiceCall,
  credentials: SigningCredentials,
  { store, nowMs }: { readonly store: Store; readonly nowMs: number },
): PresignedUrl<'GET' | 'HEAD' | 'POST' | 'DELETE'> {
  checkCredentials(credentials);
  const terms = toServiceCallTerms(call);
  checkSigV4(store, terms.bucket);
  checkHeaders(terms.headers);
  return presignObject(
    {
      ...terms,
      endpoint: store.endpoint,
      addressing: store.addressing,
      region: store.region,
      lifetime: {
        askedSeconds: callSeconds,
        askedBy: 'asked',
        credentialsExpireAtMs: credentials.expiresAtMs,
      },
    },
    credentials,
    { nowMs },
  );
}
