import {
  BasePlugin,
  type Body,
  type DefinePluginOpts,
  type Meta,
  type PluginOpts,
  type Uppy,
  type UppyFile,
} from '@uppy/core';

import { createUploader, type HeadersCallback, type Uploader } from '../engine.ts';
import { locale } from './locale.ts';
import { restrictTo } from './restrictions.ts';

/**
 * Options of {@link ValetkeyUpload}.
 * @public
 */
export interface ValetkeyUploadOptions extends PluginOpts {
  /** Address of the signing service, in front of `/v1`. */
  readonly endpoint: string;
  /** Name of the policy that allows the uploads. */
  readonly policy: string;
  /** Asked at every request to the service, never for the store: `async () => ({ authorization: … })`. */
  readonly headers?: HeadersCallback;
  /** Files sent at the same time, 1 to 6. @default 4 */
  readonly concurrency?: number;
  /** Fields of `file.meta` that are kept with the object. @default none */
  readonly metadata?: readonly string[];
}

const defaultOptions = { concurrency: 4, metadata: [] as readonly string[] };

/**
 * Uploads Uppy's files straight to the bucket, through presigned URLs under a policy. Restrictions come from the
 * policy's limits; a file succeeds only when the service has seen it in the store, and `response.body` is then
 * an `UploadResult`.
 * @example
 * ```ts
 * uppy.use(ValetkeyUpload, { endpoint: 'https://sign.example.com', policy: 'avatars' });
 * ```
 * @public
 */
export class ValetkeyUpload<M extends Meta, B extends Body> extends BasePlugin<
  DefinePluginOpts<ValetkeyUploadOptions, keyof typeof defaultOptions>,
  M,
  B
> {
  readonly #uploader: Uploader;
  readonly #running = new Map<string, AbortController>();

  constructor(uppy: Uppy<M, B>, options: ValetkeyUploadOptions) {
    super(uppy, { ...defaultOptions, ...options });
    this.type = 'uploader';
    this.id = options.id ?? 'ValetkeyUpload';
    this.defaultLocale = locale;
    this.i18nInit();
    this.#uploader = createUploader(this.opts);
  }

  override install(): void {
    this.uppy.addUploader(this.#upload);
    this.uppy.on('file-removed', this.#cancel);
    this.uppy.on('cancel-all', this.#cancelAll);
    void this.#applyLimits();
  }

  override uninstall(): void {
    this.uppy.removeUploader(this.#upload);
    this.uppy.off('file-removed', this.#cancel);
    this.uppy.off('cancel-all', this.#cancelAll);
    this.#cancelAll();
  }

  /** Advice for the person; the policy itself is asked at every upload. */
  async #applyLimits(): Promise<void> {
    const own = { ...this.uppy.opts.restrictions };
    try {
      const limits = await this.#uploader.limits();
      const { restrictions } = this.uppy.opts;
      this.uppy.setOptions({ restrictions: { ...restrictions, ...restrictTo(limits, own) } });
    } catch (error) {
      const details = error instanceof Error ? error.message : String(error);
      this.uppy.info({ message: this.i18n('limitsUnknown'), details }, 'warning', 10_000);
    }
  }

  readonly #upload = async (fileIds: string[]): Promise<void> => {
    const files = this.uppy
      .getFilesByIds(fileIds)
      .filter((file) => !hasFailed(file) && !file.progress.uploadComplete);
    if (files.length === 0) return;
    this.uppy.emit('upload-start', files);
    await Promise.all(files.map((file) => this.#uploadOne(file)));
  };

  /** Never rejects: what went wrong is told by Uppy's own event. */
  async #uploadOne(file: UppyFile<M, B>): Promise<void> {
    const controller = new AbortController();
    this.#running.set(file.id, controller);
    try {
      const result = await this.#uploader.upload(dataOf(file), {
        name: file.name,
        type: file.type ?? '',
        metadata: this.#metadataOf(file),
        signal: controller.signal,
        onProgress: (bytesUploaded, bytesTotal) => this.#progress(file.id, bytesUploaded, bytesTotal),
        onStalled: () => this.uppy.emit('upload-stalled', { message: this.i18n('stalled') }, [file]),
      });
      this.uppy.setFileState(file.id, { valetkey: { key: result.key } });
      const current = this.uppy.getFile(file.id);
      // What the service says of the object is the body; its shape is the plugin's, and `B` is the app's name for it.
      this.uppy.emit('upload-success', current, { status: 200, body: result as unknown as B });
    } catch (error) {
      if (controller.signal.aborted) return;
      const failure = error instanceof Error ? error : new Error(String(error));
      this.uppy.emit('upload-error', this.uppy.getFile(file.id), failure);
    } finally {
      if (this.#running.get(file.id) === controller) this.#running.delete(file.id);
    }
  }

  #progress(id: string, bytesUploaded: number, bytesTotal: number): void {
    const file = this.uppy.getFile(id);
    const uploadStarted =
      file.progress.uploadStarted ?? Math.round(performance.timeOrigin + performance.now());
    this.uppy.emit('upload-progress', file, { uploadStarted, bytesUploaded, bytesTotal });
  }

  #metadataOf({ meta }: UppyFile<M, B>): Record<string, string> {
    const all: Readonly<Record<string, unknown>> = meta;
    const kept = this.opts.metadata.filter((name) => all[name] !== undefined && all[name] !== null);
    return Object.fromEntries(kept.map((name) => [name, String(all[name])]));
  }

  readonly #cancel = ({ id }: Pick<UppyFile<M, B>, 'id'>): void => {
    this.#running.get(id)?.abort(new DOMException('The upload was cancelled.', 'AbortError'));
  };

  readonly #cancelAll = (): void => {
    for (const id of this.#running.keys()) this.#cancel({ id });
  };
}

function hasFailed<M extends Meta, B extends Body>(file: UppyFile<M, B>): boolean {
  return 'error' in file && Boolean(file.error);
}

/** Companion's remote files have no bytes in the browser. */
function dataOf<M extends Meta, B extends Body>(file: UppyFile<M, B>): Blob {
  if (file.isRemote || !(file.data instanceof Blob)) {
    throw new TypeError('ValetkeyUpload sends files that are in the browser; a remote file has none.');
  }
  return file.data;
}

declare module '@uppy/core/utils' {
  /** What the plugin keeps of a file. */
  export interface LocalUppyFile<M extends Meta, B extends Body> {
    /** Where it is in the bucket, after it was verified. */
    valetkey?: { readonly key: string };
  }
}
