import { ValetkeyError, type SigningCredentials } from '@valetkey/core';
import {
  decideShare,
  inputsDigest,
  issueShare,
  triggerOf,
  type Share,
  type ShareDecision,
  type ShareInputs,
  type ShareOutcome,
  type ShareSecret,
} from '@valetkey/share';
import { toFailure, type Busy, type VisitEnd } from './busy.ts';
import { toSigningFailure } from './finding-of-error.ts';
import type { ShareApi } from './share-api.ts';
import type { ShareMemory } from './share-memory.ts';
import type { Signer } from './signer.ts';
import { withdraw, type WithdrawOptions } from './withdraw.ts';
import { writeSecret, type WriteOutcome } from './write-secret.ts';

/** What publishing needs. */
export interface PublishOptions extends WithdrawOptions {
  readonly signer: Signer;
}

type Allowed = Extract<ShareDecision, { readonly allowed: true }>;

/**
 * Decides a Share and does what follows: signs and writes, withdraws, or leaves everything as it is.
 * @throws KubeError
 */
export async function publish(key: string, inputs: ShareInputs, options: PublishOptions): Promise<VisitEnd> {
  const { share, store } = inputs;
  const { memory } = options;
  const decision = decideShare(inputs);
  if (!decision.allowed) return withdraw(key, options, share, decision.finding);
  const { policy } = decision.authorization;
  if (share.spec.suspend) return { kind: 'suspended', policy };
  if (store === undefined) throw new TypeError('an allowed Share has a store');
  const grants = [...decision.authorization.grants.values()];
  const lifetimeSeconds = Math.max(...grants.map((grant) => grant.lifetimeSeconds));
  try {
    const signer = await options.signer.sign({ store, share, grants, lifetimeSeconds });
    const digest = inputsDigest({
      share,
      store: decision.store,
      grants: decision.authorization.grants,
      signer: signer.identity,
    });
    const trigger = triggerOf({
      share,
      inputsDigest: digest,
      lifetimeSeconds,
      isDrifted: memory.isDrifted(key, share) || memory.filledOf(key, share) !== undefined,
      isStatusForeign: memory.isStatusForeign(key),
      nowMs: inputs.nowMs,
    });
    if (trigger === undefined) return { kind: 'kept', policy };
    return await issue(key, inputs, decision, {
      ...options,
      digest,
      credentials: await signer.credentials(),
    });
  } catch (error) {
    if (!(error instanceof ValetkeyError)) throw error;
    return { kind: 'failed', ...toSigningFailure(error), policy };
  }
}

async function issue(
  key: string,
  { share, namespace, nowMs }: ShareInputs,
  decision: Allowed,
  given: {
    readonly api: ShareApi;
    readonly memory: ShareMemory;
    readonly digest: string;
    readonly credentials: SigningCredentials;
  },
): Promise<ShareOutcome | Busy | 'superseded'> {
  const { digest, credentials } = given;
  const revision = nextRevision(share);
  const issued = issueShare(decision, credentials, { share, namespace: namespace.name, revision, nowMs });
  const outcome = await fill(key, share, issued.secret, given);
  switch (outcome.kind) {
    case 'superseded':
      return 'superseded';
    case 'refused':
      return toFailure(outcome, { policy: issued.policy });
    case 'written':
      return {
        kind: 'issued',
        issued,
        secretRef: outcome.secretRef,
        inputsDigest: digest,
        signerExpiresMs: credentials.expiresAtMs,
      };
  }
}

/** Remembers that the Secret holds URLs, whatever becomes of the status; an answer that got lost may have been a yes. */
async function fill(
  key: string,
  share: Share,
  secret: ShareSecret,
  { api, memory }: { readonly api: ShareApi; readonly memory: ShareMemory },
): Promise<WriteOutcome> {
  let isRefused = false;
  try {
    const outcome = await writeSecret(api, share, secret);
    isRefused = outcome.kind === 'refused' && outcome.finding.reason !== 'SecretWriteFailed';
    if (outcome.kind === 'refused' && outcome.finding.reason === 'SecretConflict') {
      // Then nothing of ours got in, whatever was thought before.
      memory.checked(key, share);
      memory.told(key);
    }
    return outcome;
  } finally {
    if (!isRefused) memory.filled(key, share, secret.metadata.name);
  }
}

/** A forged number must not end in one that a status cannot hold. */
function nextRevision({ status }: Share): number {
  const revision = status?.revision ?? 0;
  return revision < Number.MAX_SAFE_INTEGER ? revision + 1 : 1;
}
