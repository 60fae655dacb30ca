/** Nothing is written before the admission policy was seen to refuse what it must, unless that was asked for. */
import { isGuarded } from './controllers/share/admission-guard.ts';
import type { IssuerParts } from './issuer-parts.ts';
import type { KubeClient } from './kube/client.ts';
import { wait } from './runtime/timer.ts';

const retryMs = 2_000;
/** A policy may be removed later, and adopting a Secret is not safe until that is seen. */
const againMs = 15_000;

/** What is known of the admission policy. */
export interface Guard {
  /** Whether writing is safe, or was asked for all the same. */
  readonly isPassed: () => boolean;
  /** Whether the policy was seen at work. */
  readonly isGuarded: () => boolean;
  /** Set while the last look found no policy: whether that is `allowed`, or the policy was `lost` after the start. */
  readonly unguarded: () => 'allowed' | 'lost' | undefined;
  /** Resolves when it has passed, or when `signal` aborts. */
  readonly wait: (signal: AbortSignal) => Promise<void>;
  /** Looks again from time to time until `signal` aborts. */
  readonly watch: (signal: AbortSignal) => Promise<void>;
}

/** Creates a guard that has not looked yet. `onChange` is told when a later look finds it otherwise. */
export function createGuard(
  { options, timers, logger }: IssuerParts,
  client: KubeClient,
  onChange: () => void,
): Guard {
  let seen: 'nothing' | 'guarded' | 'unguarded' = 'nothing';
  const isPassed = (): boolean =>
    seen === 'guarded' || (seen === 'unguarded' && options.allowUnguardedSecrets);
  const look = async (): Promise<void> => {
    try {
      seen = (await isGuarded(client, options.namespace)) ? 'guarded' : 'unguarded';
    } catch (err) {
      logger.error({ err }, 'it cannot be told whether the admission policy guards Secrets');
    }
    if (seen !== 'unguarded') return;
    logger.error(
      { unguardedSecretsAllowed: options.allowUnguardedSecrets },
      'the ValidatingAdmissionPolicy valetkey-issuer-secrets does not guard Secrets; apply infra/kustomize/base',
    );
  };
  return {
    isPassed,
    isGuarded: () => seen === 'guarded',
    unguarded() {
      if (seen !== 'unguarded') return undefined;
      return options.allowUnguardedSecrets ? 'allowed' : 'lost';
    },
    async wait(signal) {
      for (await look(); !signal.aborted && !isPassed(); await look()) await wait(timers, retryMs, signal);
    },
    async watch(signal) {
      while (!signal.aborted) {
        await wait(timers, againMs, signal);
        if (signal.aborted || seen === 'nothing') continue;
        const before = seen;
        await look();
        if (seen !== before) onChange();
      }
    },
  };
}
