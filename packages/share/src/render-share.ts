import { ValetkeyError, type SigningCredentials, type Store } from '@valetkey/core';
import { decideShare } from './decide-share.ts';
import { gatherShares } from './gather-shares.ts';
import { issueShare } from './issue-share.ts';
import type { ShareSecret } from './secret/secret.ts';
import type { ShareInputs } from './share-inputs.ts';

/**
 * What rendering needs beside the objects.
 * @public
 */
export interface RenderOptions {
  /** Credentials for a store, and the store itself where another endpoint is to be signed for. */
  readonly signerFor: (
    store: Store,
  ) => Promise<{ readonly store: Store; readonly credentials: SigningCredentials }>;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/**
 * The Secrets that the issuer would publish for the Shares among the objects, without a cluster. The objects are
 * what would be applied: Shares with their policies, stores and Namespaces; a namespace that is not among them
 * has only its own name as label. Other kinds are passed over.
 * @throws ValetkeyError when an object is not valid, when a Share is not allowed, or when there is no Share
 * @public
 */
export async function renderShares(
  objects: readonly unknown[],
  options: RenderOptions,
): Promise<ShareSecret[]> {
  const gathered = gatherShares(objects, options.nowMs);
  if (gathered.length === 0) {
    throw new ValetkeyError('invalid-configuration', {
      field: 'the file',
      expected: 'at least one Share',
      got: 'none',
    });
  }
  const secrets: ShareSecret[] = [];
  for (const inputs of gathered) secrets.push(await renderShare(inputs, options));
  return secrets;
}

async function renderShare(inputs: ShareInputs, { signerFor, nowMs }: RenderOptions): Promise<ShareSecret> {
  const { share } = inputs;
  const decision = decideShare(inputs);
  const name = `Share ${inputs.namespace.name}/${share.metadata.name}`;
  if (!decision.allowed) {
    const { reason, message } = decision.finding;
    throw new ValetkeyError('forbidden', {
      field: name,
      expected: 'a Share that may be published',
      got: `${reason}: ${message}`,
    });
  }
  const { store, credentials } = await signerFor(decision.store);
  const options = { share, namespace: inputs.namespace.name, revision: 1, nowMs };
  return issueShare({ ...decision, store }, credentials, options).secret;
}
