import { setTimeout as delay } from 'node:timers/promises';
import { ValetkeyError } from '@valetkey/core';

const firstWaitMs = 200;
const maxTries = 5;

/** Counts tries that brought nothing. */
export interface Patience {
  /** Something came through: the count begins anew. */
  readonly progress: () => void;
  /** Waits, longer each time. @throws the error when it is final, or was the fifth in a row */
  readonly afterFailure: (error: unknown) => Promise<void>;
}

/** Patience with what may work when it is tried again: `retryable` errors but an interruption. */
export function createPatience(signal: AbortSignal): Patience {
  let failures = 0;
  return {
    progress: () => {
      failures = 0;
    },
    afterFailure: async (error) => {
      if (!isWorthRetrying(error) || signal.aborted) throw error;
      failures += 1;
      if (failures >= maxTries) throw error;
      try {
        await delay(firstWaitMs * 2 ** (failures - 1), undefined, { signal });
      } catch (reason) {
        throw signal.aborted ? new ValetkeyError('interrupted') : reason;
      }
    },
  };
}

function isWorthRetrying(error: unknown): boolean {
  return error instanceof ValetkeyError && error.code === 'store-unavailable';
}
