/**
 * Writing Secrets without reading any: POST first, later PUT of the whole object with the uid and
 * resourceVersion that the API server gave for the last write. See docs/adr/0002-secrets-without-read.md.
 */
import type { Finding, ShareHead, ShareSecret, ShareStatus } from '@valetkey/share';
import { KubeError } from '../../kube/kube-error.ts';
import type { SecretPrecondition, ShareApi, WrittenSecret } from './share-api.ts';

/** How a write ended. `superseded`: another issuer wrote in the meantime, and this one stops. */
export type WriteOutcome =
  | { readonly kind: 'written'; readonly secretRef: NonNullable<ShareStatus['secretRef']> }
  | { readonly kind: 'refused'; readonly finding: Finding }
  | { readonly kind: 'superseded' };

/**
 * Writes the whole Secret of a Share.
 * @throws KubeError for what another try may mend
 */
export async function writeSecret(
  api: ShareApi,
  share: ShareHead,
  secret: ShareSecret,
): Promise<WriteOutcome> {
  const known = share.status?.secretRef;
  try {
    return known !== undefined && isUsable(known, secret)
      ? await replace(api, share, secret, known)
      : await create(api, secret);
  } catch (error) {
    return toRefusal(error, secret);
  }
}

/** A version that the API server never gave is somebody's invention. */
function isUsable(known: NonNullable<ShareStatus['secretRef']>, secret: ShareSecret): boolean {
  return known.name === secret.metadata.name && /^[1-9]\d{0,19}$/.test(known.resourceVersion);
}

async function create(api: ShareApi, secret: ShareSecret): Promise<WriteOutcome> {
  try {
    return written(secret, await api.createSecret(secret));
  } catch (error) {
    if (!isStatus(error, 409)) throw error;
  }
  // Ours from before a crash passes the admission policy by its owner's uid; a foreign one does not.
  try {
    return written(secret, await api.replaceSecret(secret));
  } catch (error) {
    if (isRefusedByAdmission(error) || isStatus(error, 422)) return conflict(secret);
    throw error;
  }
}

async function replace(
  api: ShareApi,
  share: ShareHead,
  secret: ShareSecret,
  { uid, resourceVersion }: SecretPrecondition,
): Promise<WriteOutcome> {
  const first = await tryReplace(api, secret, {
    uid,
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  });
  if (typeof first !== 'number') return written(secret, first);
  if (first === 404) return create(api, secret);
  const { namespace = '', name } = share.metadata;
  const { status } = await api.readShare(namespace, name);
  if (status?.secretRef?.resourceVersion !== resourceVersion) return { kind: 'superseded' };
  const second = await tryReplace(api, secret, { uid });
  return typeof second === 'number' ? create(api, secret) : written(secret, second);
}

/** What was written, or the status of a refusal that the protocol knows how to go on from. */
async function tryReplace(
  api: ShareApi,
  secret: ShareSecret,
  precondition: SecretPrecondition,
): Promise<WrittenSecret | 404 | 409> {
  try {
    return await api.replaceSecret(secret, precondition);
  } catch (error) {
    if (isStatus(error, 404)) return 404;
    if (isStatus(error, 409)) return 409;
    throw error;
  }
}

function written(secret: ShareSecret, { uid, resourceVersion }: WrittenSecret): WriteOutcome {
  return { kind: 'written', secretRef: { name: secret.metadata.name, uid, resourceVersion } };
}

function conflict({ metadata }: ShareSecret): WriteOutcome {
  return {
    kind: 'refused',
    finding: {
      reason: 'SecretConflict',
      message: `a Secret ${metadata.name} that is not this Share's exists already and is left as it is; remove it, or choose another spec.target.secretName`,
    },
  };
}

function toRefusal(error: unknown, secret: ShareSecret): WriteOutcome {
  if (isStatus(error, 422) || isRefusedByAdmission(error)) return conflict(secret);
  if (isStatus(error, 403)) {
    const message = `the API server forbids writing the Secret ${secret.metadata.name}; is the issuer's role complete, and is there quota left?`;
    return { kind: 'refused', finding: { reason: 'SecretForbidden', message } };
  }
  throw error;
}

/** Admission policies name a cause; a missing role, a quota and an ending namespace name none of this kind. */
function isRefusedByAdmission(error: unknown): boolean {
  return (
    error instanceof KubeError &&
    error.status === 403 &&
    error.causes.some(({ reason }) => reason !== 'NamespaceTerminating')
  );
}

function isStatus(error: unknown, status: number): boolean {
  return error instanceof KubeError && error.status === status;
}
