/**
 * The calls that a service makes to a store for itself. Their URLs go from the signer to `fetch` and to nobody
 * else, so they need no grant; they are short-lived and signed for the store's own endpoint.
 */
import type { BucketName } from '../grammar/brands.ts';
import { checkCredentials } from '../signing/check-credentials.ts';
import { checkVersionId } from '../signing/check-parameters.ts';
import type { SigningCredentials } from '../signing/credentials.ts';
import { presignObject } from '../signing/presign-object.ts';
import type { PresignedUrl } from '../signing/presigned-url.ts';
import type { Store } from '../store/store.ts';

const callSeconds = 300;
const pageSize = 1000;

/**
 * What a service may ask a store by itself.
 * @public
 */
export type ServiceCall =
  | {
      readonly kind: 'head';
      readonly bucket: BucketName;
      readonly key: string;
      readonly versionId?: string | undefined;
    }
  | {
      readonly kind: 'list';
      readonly bucket: BucketName;
      readonly prefix: string;
      /** From the page before. */
      readonly cursor?: string | undefined;
    };

/**
 * The URL of a service's own call.
 * @throws ValetkeyError `credentials-unavailable`, `credentials-expired`
 * @public
 */
export function presignServiceCall(
  call: ServiceCall,
  credentials: SigningCredentials,
  { store, nowMs }: { readonly store: Store; readonly nowMs: number },
): PresignedUrl {
  checkCredentials(credentials);
  if (call.kind === 'head') checkVersionId(call.versionId);
  return presignObject(
    {
      method: call.kind === 'head' ? 'HEAD' : 'GET',
      endpoint: store.endpoint,
      addressing: store.addressing,
      region: store.region,
      bucket: call.bucket,
      key: call.kind === 'head' ? call.key : '',
      versionId: call.kind === 'head' ? call.versionId : undefined,
      headers: {},
      query: call.kind === 'list' ? toListQuery(call) : {},
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

function toListQuery({ prefix, cursor }: ServiceCall & { kind: 'list' }): Readonly<Record<string, string>> {
  return {
    'list-type': '2',
    'encoding-type': 'url',
    delimiter: '/',
    'max-keys': String(pageSize),
    prefix,
    ...(cursor === undefined ? {} : { 'continuation-token': cursor }),
  };
}
