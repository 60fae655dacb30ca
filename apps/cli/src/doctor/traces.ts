/** What the doctor may have left in the bucket. Noted before a request is sent, since an answer may be lost. */
export class Traces {
  readonly #versions = new Map<string, Set<string>>();
  readonly #uploads = new Map<string, string>();

  /** There may be an object under this key. */
  addKey(key: string): void {
    if (!this.#versions.has(key)) this.#versions.set(key, new Set());
  }

  /** This version of the object, or this delete marker, was made. */
  addVersion(key: string, versionId: string): void {
    this.addKey(key);
    this.#versions.get(key)?.add(versionId);
  }

  /** This multipart upload was begun. */
  addUpload(uploadId: string, key: string): void {
    this.#uploads.set(uploadId, key);
  }

  /** Every key with the versions that are known of it. */
  get objects(): readonly { readonly key: string; readonly versionIds: readonly string[] }[] {
    return [...this.#versions].map(([key, versionIds]) => ({ key, versionIds: [...versionIds] }));
  }

  get uploads(): readonly { readonly key: string; readonly uploadId: string }[] {
    return [...this.#uploads].map(([uploadId, key]) => ({ key, uploadId }));
  }
}
