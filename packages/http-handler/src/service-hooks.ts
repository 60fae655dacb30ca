import { redactError } from '@valetkey/core';

import type { Asking, Refusal } from './service-options.ts';

/**
 * Called by the service and awaited, at most {@link hookDeadlineMs} long. No hook is ever given a URL, and none
 * can change an answer: the caller of one that throws, or that is late, gets what it would have got, at most
 * {@link hookDeadlineMs} later, and `onFailure` hears of it. What goes wrong in `onFailure` itself is written to the
 * console, redacted.
 * @public
 */
export interface ServiceHooks {
  /** URLs were handed out. */
  readonly onIssued?: (
    event: Asking & {
      readonly action: 'download' | 'upload';
      readonly keys: readonly string[];
      /** What the uploads declared, all together. */
      readonly bytes?: number;
    },
  ) => unknown;
  /** Somebody asked for what no policy allows. */
  readonly onDenied?: (event: Refusal) => unknown;
  /** The store was seen to hold the upload. May come more than once for one upload. */
  readonly onUploadComplete?: (event: Asking & { readonly key: string; readonly bytes: number }) => unknown;
  /** A hook threw or took too long; a store or its credentials failed. */
  readonly onFailure?: (error: unknown) => unknown;
}

/** @public */
export const hookDeadlineMs = 2000;

/** Hooks that never take longer than the deadline and never reject. */
export type SafeHooks = {
  readonly [Name in keyof ServiceHooks]-?: (event: HookEvent<Name>) => Promise<void>;
};

type HookEvent<Name extends keyof ServiceHooks> = Parameters<NonNullable<ServiceHooks[Name]>>[0];

/** Puts the deadline around each hook. */
export function toSafeHooks(hooks: ServiceHooks): SafeHooks {
  const guard =
    <Event>(hook: ((event: Event) => unknown) | undefined, onFailure: (error: unknown) => unknown) =>
    async (event: Event) => {
      if (hook === undefined) return;
      try {
        await withDeadline(async () => hook(event));
      } catch (error) {
        await onFailure(error);
      }
    };
  // Nobody else is there to tell.
  const onFailure = guard(hooks.onFailure, (error) => console.error('onFailure:', redactError(error)));
  return {
    onIssued: guard(hooks.onIssued, onFailure),
    onDenied: guard(hooks.onDenied, onFailure),
    onUploadComplete: guard(hooks.onUploadComplete, onFailure),
    onFailure,
  };
}

async function withDeadline(run: () => Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`a hook took longer than ${hookDeadlineMs} ms`)),
      hookDeadlineMs,
    );
  });
  try {
    await Promise.race([run(), late]);
  } finally {
    clearTimeout(timer);
  }
}
