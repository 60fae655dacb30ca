import type { ResumableUpload, ResumeScope, ResumeStore, TakenUpload } from './resume/resume-store.ts';

/** The one file's place in a resume store. A store that fails costs the resume, never the upload. */
export interface Memory {
  readonly recall: () => Promise<TakenUpload | undefined>;
  readonly keep: (upload: ResumableUpload) => Promise<void>;
  readonly forget: () => Promise<void>;
  /** Lets another upload of the same file have the place. */
  readonly close: () => void;
}

/** Files that are under way in this page, by the store that they are remembered in, whatever uploader sends them. */
const underWay = new WeakMap<ResumeStore, Set<string>>();

/** Of two uploads of the same file at the same time, one is remembered; without a store nothing is. */
export async function openMemory(
  file: Blob,
  store: ResumeStore | undefined,
  scope: ResumeScope,
): Promise<Memory> {
  // A file that cannot be read fails where it is sent, with what that means.
  const fingerprint = await store?.fingerprint(file, scope).catch(nothing);
  const open = (store && underWay.get(store)) ?? new Set();
  if (store === undefined || fingerprint === undefined || open.has(fingerprint)) {
    return {
      recall: async () => undefined,
      keep: async () => undefined,
      forget: async () => undefined,
      close: nothing,
    };
  }
  underWay.set(store, open.add(fingerprint));
  return {
    recall: () => store.get(fingerprint).catch(nothing),
    keep: (upload) => store.put(fingerprint, upload).catch(nothing),
    forget: () => store.delete(fingerprint).catch(nothing),
    close: () => open.delete(fingerprint),
  };
}

function nothing(): undefined {
  return undefined;
}
