import { createHash, randomBytes } from 'node:crypto';

/** A file as it was before any program touched it. */
export interface Source {
  /** Where the page gets it. */
  readonly path: string;
  readonly content: Uint8Array<ArrayBuffer>;
  readonly sha256: string;
}

/** Bytes that are in no other file. */
export function createSource(bytes: number): Source {
  const content = Uint8Array.from(randomBytes(bytes));
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { path: `/source/${sha256}`, content, sha256 };
}
