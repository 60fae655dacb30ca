/**
 * A leader that ends between a Secret and its status leaves a status that is not true, and nobody who remembers. So of
 * each Share whose Secret an issuer has not written itself it asks once, with a dry run, whether the Secret is as the
 * status says. See docs/adr/0010-a-successor-asks-about-every-secret.md.
 */
import { secretNameOf, toEmptySecret, type ShareSecret } from '@valetkey/share';
import type { Precondition, ShareApi } from './share-api.ts';
import { holdsUrls, type CachedShare, type ShareCaches } from './share-caches.ts';
import type { ShareMemory } from './share-memory.ts';
import { isAboutExisting, knownWrite } from './write-secret.ts';

/** What checking needs. */
export interface SecretCheckOptions {
  readonly caches: ShareCaches;
  readonly memory: ShareMemory;
  readonly api: Pick<ShareApi, 'probeSecret'>;
  /** Set while no admission policy bounds the issuer's writes. */
  readonly unguarded: () => string | undefined;
  /** Asks for a visit to a Share whose Secret is not as its status says. */
  readonly add: (key: string) => void;
  /** Told of each answer. It must not throw. */
  readonly onProbe: (result: 'untouched' | 'changed' | 'gone' | 'failed') => void;
}

/**
 * Creates the function that a controller calls with `namespace/name`. Where a Secret is not as its status says, that is
 * remembered and a visit asked for; the function itself changes nothing.
 * @throws KubeError when there is no answer: then it is to be called again
 */
export function createSecretCheck(options: SecretCheckOptions): (key: string) => Promise<void> {
  const { caches, memory, api, unguarded, add, onProbe } = options;
  const unchecked = (key: string): CachedShare | undefined => {
    const share = caches.shares.get(key);
    return share === undefined || memory.isChecked(key, share) ? undefined : share;
  };
  return async (key) => {
    const share = unchecked(key);
    // Of a Share that goes the garbage collector takes the Secret.
    if (share === undefined || share.metadata.deletionTimestamp !== undefined) return;
    const secret = toEmptySecret(share, share.kind === 'Share' ? secretNameOf(share) : share.secretName);
    const known = knownWrite(share, secret);
    // Only the policy keeps what is somebody else's from looking like ours; what was published is filled again at most.
    if (unguarded() !== undefined && (known === undefined || !holdsUrls(share))) return;
    const result = await ask(api, secret, known).catch((error: unknown) => {
      onProbe('failed');
      throw error;
    });
    onProbe(result);
    // A visit may have written it meanwhile, or another Share have taken the name.
    if (unchecked(key)?.metadata.uid !== share.metadata.uid) return;
    memory.checked(key, share);
    if (result === 'untouched') return;
    if (known !== undefined && holdsUrls(share)) memory.drifted(key, known.resourceVersion);
    else if (result === 'changed') memory.found(key, share, secret.metadata.name);
    else return;
    add(key);
  };
}

/** Whether the Secret is as this write has left it; without one, whether there is none of ours. */
async function ask(
  api: Pick<ShareApi, 'probeSecret'>,
  secret: ShareSecret,
  known: Precondition | undefined,
): Promise<'untouched' | 'changed' | 'gone'> {
  if (known !== undefined) return api.probeSecret(secret, known);
  try {
    return (await api.probeSecret(secret)) === 'gone' ? 'untouched' : 'changed';
  } catch (error) {
    // Somebody else's.
    if (isAboutExisting(error)) return 'untouched';
    throw error;
  }
}
