import { browserEnvironment } from '../environment.ts';
import { createDatabaseResumeStore } from './database-resume-store.ts';
import type { ResumeStore } from './resume-store.ts';

/**
 * What the store takes from around it.
 * @public
 */
export interface IndexedDbResumeOptions {
  /** Milliseconds since the epoch. @default the browser's clock */
  readonly now?: (() => number) | undefined;
  /** Told once, when uploads cannot be remembered here: private mode, no room, no IndexedDB. */
  readonly onUnavailable?: ((reason: string) => void) | undefined;
}

/**
 * Unfinished uploads in IndexedDB. An entry lives as long as its upload's session and no longer; a second tab with
 * the same file uploads it as a new one; where the browser keeps nothing, nothing is resumed and nothing fails.
 * @public
 */
export function createIndexedDbResumeStore(options: IndexedDbResumeOptions = {}): ResumeStore {
  const { now = browserEnvironment.now, onUnavailable } = options;
  return createDatabaseResumeStore({ now, onUnavailable });
}
