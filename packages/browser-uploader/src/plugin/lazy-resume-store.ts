import type { IndexedDbResumeOptions } from '../engine/resume/indexed-db-resume-store.ts';
import type { ResumeStore } from '../engine/resume/resume-store.ts';

/** The IndexedDB store, whose code is loaded with the first upload. */
export function createLazyResumeStore(options: IndexedDbResumeOptions): ResumeStore {
  let loading: Promise<ResumeStore> | undefined;
  const load = async () => {
    const { createIndexedDbResumeStore } = await import('../engine/resume/indexed-db-resume-store.ts');
    return createIndexedDbResumeStore(options);
  };
  const store = () => (loading ??= load());
  return {
    fingerprint: async (file, scope) => (await store()).fingerprint(file, scope),
    get: async (fingerprint) => (await store()).get(fingerprint),
    put: async (fingerprint, upload) => (await store()).put(fingerprint, upload),
    delete: async (fingerprint) => (await store()).delete(fingerprint),
  };
}
