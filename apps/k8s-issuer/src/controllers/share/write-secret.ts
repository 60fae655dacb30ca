/**
 * Writing Secrets without reading any: POST first, later PUT of the whole object with the uid and
 * resourceVersion that the API server gave for the last write. See docs/adr/0002-secrets-without-read.md.
 */
import type { Finding, ShareHead, ShareSecret, ShareStatus } from '@valetkey/share';
import { KubeError } from '../../kube/kube-error.ts';
import { isOutage } from '../../kube/outage.ts';
import type { Precondition, ShareApi, WrittenSecret } from './share-api.ts';

/**
 * How a write ended. `refused` for what no other try can mend is terminal; with a `busy` the API server has asked to
 * come back later, which is no news unless it lasts. `superseded`: another issuer wrote in the meantime, and this one
 * stops.
 */
export type WriteOutcome =
  | { readonly kind: 'written'; readonly secretRef: NonNullable<ShareStatus['secretRef']> }
  | {
      readonly kind: 'refused';
      readonly finding: Finding;
      readonly isTerminal?: boolean;
      readonly busy?: KubeError;
    }
  | { readonly kind: 'superseded' };

/**
 * Writes the whole Secret of a Share. Whatever the API server answers is a finding, so that it is reported.
 * @throws KubeError when it cannot be reached or is no longer ours to write to
 */
export async function writeSecret(
  api: ShareApi,
  share: ShareHead,
  secret: ShareSecret,
): Promise<WriteOutcome> {
  const known = knownWrite(share, secret);
  try {
    return known === undefined ? await create(api, secret) : await replace(api, share, secret, known);
  } catch (error) {
    return isAboutExisting(error) ? conflict(secret) : toRefusal(error, secret);
  }
}

/** Which write of this Secret a status knows of. A version that the API server never gave is somebody's invention. */
export function knownWrite(
  { status }: ShareHead,
  { metadata }: ShareSecret,
): Required<Precondition> | undefined {
  const known = status?.secretRef;
  if (known?.name !== metadata.name || !/^[1-9]\d{0,19}$/.test(known.resourceVersion)) return undefined;
  return { uid: known.uid, resourceVersion: known.resourceVersion };
}

async function create(api: ShareApi, secret: ShareSecret): Promise<WriteOutcome> {
  try {
    return written(secret, await api.createSecret(secret));
  } catch (error) {
    // No answer to a POST but this one is about a Secret that exists.
    if (!isStatus(error, 409)) return toRefusal(error, secret);
  }
  // Ours from before a crash passes the admission policy by its owner's uid; a foreign one does not.
  return written(secret, await api.replaceSecret(secret));
}

async function replace(
  api: ShareApi,
  share: ShareHead,
  secret: ShareSecret,
  { uid, resourceVersion }: Required<Precondition>,
): Promise<WriteOutcome> {
  const first = await tryReplace(api, secret, { uid, resourceVersion });
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
  precondition: Precondition,
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

/** @throws what says nothing about the Secret */
function toRefusal(error: unknown, { metadata: { name } }: ShareSecret): WriteOutcome {
  if (!(error instanceof KubeError) || error.reason === 'NotLeader') throw error;
  if (isOutage(error)) {
    if (error.status === 0) throw error;
    const message = `the Secret ${name} could not be written: the API server has asked for a minute or more to come back later (${error.status} ${error.reason}); look at its load, its priority levels, and at what stands before it`;
    return { kind: 'refused', finding: { reason: 'SecretWriteFailed', message }, busy: error };
  }
  if (error.reason === 'Unguarded') {
    const message = `the Secret ${name} is not written while no admission policy keeps the issuer from other people's; apply infra/kustomize/base`;
    return { kind: 'refused', finding: { reason: 'Unguarded', message } };
  }
  if (isInvalid(error)) {
    const fields = error.causes.map(({ field }) => field).join(', ');
    const message = `the API server does not take the Secret ${name} with this ${fields}; correct spec.target.template`;
    return { kind: 'refused', finding: { reason: 'InvalidSpec', message }, isTerminal: true };
  }
  if (error.status === 403 || error.status === 422) {
    const message = `the API server forbids writing the Secret ${name}; is the issuer's role complete, does another admission policy refuse it, and is there quota left?`;
    return { kind: 'refused', finding: { reason: 'SecretForbidden', message } };
  }
  const message = `the Secret ${name} could not be written: the API server answered ${error.status} ${error.reason}; if that lasts, look at its log and at the admission webhooks for Secrets`;
  return { kind: 'refused', finding: { reason: 'SecretWriteFailed', message } };
}

/** What a Share can give a Secret that the API server does not take: labels and annotations, nothing else. */
function isInvalid({ status, causes }: KubeError): boolean {
  return (
    status === 422 &&
    causes.length > 0 &&
    causes.every(({ field }) => /^metadata\.(labels|annotations)/.test(field ?? ''))
  );
}

/**
 * Whether a PUT was refused for what stands there: by an admission policy, whose refusals name a cause while those for
 * a missing role, a quota and an ending namespace name none of this kind; or for a type or data that cannot change.
 */
export function isAboutExisting(error: unknown): boolean {
  if (!(error instanceof KubeError)) return false;
  if (error.status === 422) return error.causes.some(({ field }) => field !== undefined) && !isInvalid(error);
  return error.status === 403 && error.causes.some(({ reason }) => reason !== 'NamespaceTerminating');
}

function isStatus(error: unknown, status: number): boolean {
  return error instanceof KubeError && error.status === status;
}
