import { browserEnvironment } from '../engine/environment.ts';
import type { ResumeStore } from '../engine/resume/resume-store.ts';

/** The IndexedDB store, whose code is loaded with the first upload. */
export function createLazyResumeStore(onUnavailable: (reason: string) => void): ResumeStore {
  let loading: Promise<ResumeStore> | undefined;
  const load = async () => {
    const { createDatabaseResumeStore } = await import('../engine/resume/database-resume-store.ts');
    return createDatabaseResumeStore({ now: browserEnvironment.now, onUnavailable });
  };
  const store = () => (loading ??= load());
  return {
    fingerprint: async (file, scope) => (await store()).fingerprint(file, scope),
    get: async (fingerprint) => (await store()).get(fingerprint),
    put: async (fingerprint, upload) => (await store()).put(fingerprint, upload),
    delete: async (fingerprint) => (await store()).delete(fingerprint),
  };
}
