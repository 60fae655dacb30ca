import {
  BasePlugin,
  type Body,
  type DefinePluginOpts,
  type Meta,
  type PluginOpts,
  type Uppy,
  type UppyFile,
} from '@uppy/core';

import type { Checksum } from '../engine/integrity/checksum.ts';
import type { ResumeStore } from '../engine/resume/resume-store.ts';
import type { HeadersCallback } from '../engine/service-client.ts';
import { browserEnvironment } from '../engine/environment.ts';
import { canGoOn } from '../engine/can-go-on.ts';
import { UploadError } from '../engine/upload-error.ts';
import { createUploader, type Uploader, type UploadOptions, type UploadResult } from '../engine/uploader.ts';
import { errorMessage } from './error-message.ts';
import type { ValetkeyFile } from './file-state.ts';
import { createLazyResumeStore } from './lazy-resume-store.ts';
import { locale, type ValetkeyLocale } from './locale.ts';
import { createRunningUploads } from './running-uploads.ts';

const infoMs = 10_000;
/** Long enough to copy the rule that the bucket lacks. */
const corsInfoMs = 12 * infoMs;

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
  /** Whether cookies go to the service: `include` for one of another origin. Never for the store. @default as `fetch` */
  readonly credentials?: RequestCredentials;
  /** PUTs in flight over all files, 1 to 6. @default 4 */
  readonly concurrency?: number;
  /** Fields of `file.meta` that are kept with the object. @default none */
  readonly metadata?: readonly string[];
  /** What each object is served with, where the policy lets it be set. @default nothing */
  readonly objectHeaders?: (
    file: UppyFile<Meta, Body>,
  ) => Pick<UploadOptions, 'contentDisposition' | 'cacheControl'>;
  /** Where unfinished uploads are remembered; `false`: nowhere. @default IndexedDB */
  readonly resume?: ResumeStore | false;
  /** What the store is to check on arrival. @default sizes only, or what the policy requires */
  readonly checksum?: Checksum;
  /** Address of `checksum-worker.js`, when the bundler moves it. @default beside the module */
  readonly workerUrl?: URL;
  /** Uppy's name of the plugin. @default ValetkeyUpload */
  readonly id?: string;
  /** A translation of `@valetkey/browser-uploader/locales`. @default English */
  readonly locale?: ValetkeyLocale;
}

const defaultOptions = { concurrency: 4, metadata: [] as readonly string[] };

/**
 * Uploads Uppy's files straight to the bucket, through presigned URLs under a policy. Restrictions come from the
 * policy's limits; a file succeeds only when the service has seen it in the store: `file.valetkey` and
 * `response.body` are then an `UploadResult`.
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
  readonly #create: () => Uploader;
  #uploader: Uploader;
  readonly #running = createRunningUploads();
  #isWithoutLimits = false;
  #ownRestrictions: Uppy<M, B>['opts']['restrictions'] | undefined;

  constructor(uppy: Uppy<M, B>, options: ValetkeyUploadOptions) {
    super(uppy, { ...defaultOptions, ...options });
    this.type = 'uploader';
    this.id = options.id ?? 'ValetkeyUpload';
    this.defaultLocale = locale;
    this.i18nInit();
    const { resume = createLazyResumeStore(this.#notRemembered) } = options;
    this.#create = () =>
      createUploader({
        ...this.opts,
        // Asked for at every request, so that `setOptions` can replace it.
        headers: () => this.opts.headers?.() ?? {},
        resume: resume === false ? undefined : resume,
      });
    this.#uploader = this.#create();
  }

  override install(): void {
    this.#setResumable(true);
    this.uppy.addUploader(this.#upload);
    this.#listen('on');
    // A page that is rendered on a server shows no limits.
    if (typeof document !== 'undefined') void this.#applyLimits();
  }

  override uninstall(): void {
    this.#setResumable(false);
    this.uppy.removeUploader(this.#upload);
    this.#listen('off');
    this.#running.cancelAll();
    if (this.#ownRestrictions !== undefined) {
      this.uppy.setOptions({ restrictions: this.#ownRestrictions });
      this.#ownRestrictions = undefined;
    }
  }

  #listen(verb: 'on' | 'off'): void {
    this.uppy[verb]('file-removed', this.#onRemoved);
    this.uppy[verb]('cancel-all', this.#running.cancelAll);
    this.uppy[verb]('upload-pause', this.#onPause);
    this.uppy[verb]('pause-all', this.#onPauseAll);
    this.uppy[verb]('resume-all', this.#onResumeAll);
  }

  /** Uppy shows its pause buttons by this. */
  #setResumable(resumableUploads: boolean): void {
    const { capabilities } = this.uppy.getState();
    this.uppy.setState({ capabilities: { ...capabilities, resumableUploads } });
  }

  /** Advice for the person; the policy itself is asked at every upload. */
  async #applyLimits(): Promise<void> {
    const own = { ...this.uppy.opts.restrictions };
    try {
      const limits = await this.#uploader.limits();
      const { restrictTo } = await import('./restrictions.ts');
      if (this.uppy.getPlugin(this.id) !== this) return;
      this.#ownRestrictions = own;
      const { restrictions } = this.uppy.opts;
      this.uppy.setOptions({ restrictions: { ...restrictions, ...restrictTo(limits, own) } });
      this.uppy.emit('valetkey:limits', limits);
    } catch (error) {
      this.#isWithoutLimits = true;
      const details = errorMessage(error, this.opts.locale);
      this.uppy.info({ message: this.i18n('limitsUnknown'), details }, 'warning', infoMs);
    }
  }

  readonly #upload = async (fileIds: string[]): Promise<void> => {
    const files = this.uppy
      .getFilesByIds(fileIds)
      .filter(({ error, progress }) => !error && !progress.uploadComplete);
    if (files.length === 0) return;
    if (this.#isWithoutLimits) {
      this.#isWithoutLimits = false;
      void this.#applyLimits();
    }
    const toAnnounce = files.filter((file) => !file.progress.uploadStarted || !file.isRestored);
    this.uppy.emit('upload-start', toAnnounce);
    const outcomes = await Promise.all(files.map((file) => this.#uploadOne(file)));
    const verified = outcomes.filter(Boolean).length;
    if (verified > 0) this.uppy.info(this.i18n('uploaded', { smart_count: verified }), 'success', infoMs);
  };

  /** Whether it was verified. Never rejects: what went wrong is told by Uppy's own event. */
  async #uploadOne(file: UppyFile<M, B>): Promise<boolean> {
    let signal: AbortSignal | undefined;
    const send = async (data: Blob, uploader: Uploader): Promise<UploadResult> => {
      const upload = this.#running.start(file.id, file.isPaused ?? false, (given) => {
        signal = given;
        return uploader.upload(data, {
          // As the person named it in the Dashboard: a file that exists already can be renamed and tried again.
          name: file.meta.name,
          type: file.type ?? '',
          metadata: this.#metadataOf(file),
          ...this.opts.objectHeaders?.(file),
          signal,
          onProgress: (bytesUploaded, bytesTotal) => this.#progress(file.id, bytesUploaded, bytesTotal),
          onStalled: () => this.uppy.emit('upload-stalled', { message: this.i18n('stalling') }, [file]),
        });
      });
      try {
        return await upload;
      } catch (error) {
        if (signal?.aborted || !(await this.#sums(uploader, error))) throw error;
        return await send(data, this.#uploader);
      } finally {
        this.#running.end(file.id, upload);
      }
    };
    try {
      const result = await send(this.#dataOf(file), this.#uploader);
      this.#keep(file.id, result);
      const current = this.uppy.getFile(file.id);
      // What the service says of the object is the body; its shape is the plugin's, and `B` is the app's name for it.
      this.uppy.emit('upload-success', current, { status: 200, body: result as unknown as B });
      this.uppy.emit('valetkey:verified', current, result);
      return true;
    } catch (error) {
      if (signal?.aborted !== true) this.#failed(file.id, error);
      return false;
    }
  }

  /** Whether another try sends the checksum that the policy asked for, when nobody had chosen one. */
  async #sums(tried: Uploader, error: unknown): Promise<boolean> {
    if (!(error instanceof UploadError) || error.code !== 'checksum-required') return false;
    if (tried !== this.#uploader) return true;
    if (this.opts.checksum) return false;
    const { requiredChecksum } = await import('../engine/integrity/required-checksum.ts');
    const checksum = requiredChecksum(await tried.limits(), this.opts.workerUrl);
    if (checksum === undefined) return false;
    this.setOptions({ checksum });
    this.#uploader = this.#create();
    return true;
  }

  #failed(id: string, error: unknown): void {
    const known: Partial<UploadError> = error instanceof UploadError ? error : {};
    const { code, retryable, problem } = known;
    const message = errorMessage(error, this.opts.locale);
    this.#keep(id, { code, retryable, problem });
    const { error: before } = this.uppy.getState();
    this.uppy.emit('upload-error', this.uppy.getFile(id), { ...known, name: 'UploadError', message });
    if (code && !canGoOn(error)) this.#takeBack(id, before);
    // Uppy shows why to a pointer only, and whoever has to do something reads it.
    if (!retryable && this.uppy.getState().info.every((shown) => shown.message !== message)) {
      this.uppy.info(message, 'error', code === 'cors' ? corsInfoMs : this.uppy.opts.infoTimeout);
    }
  }

  /**
   * Uppy offers to retry whatever has failed. A file that is refused is one that has not been sent yet: it can be
   * renamed or removed, and what else was chosen can be sent.
   */
  #takeBack(id: string, error: string | null): void {
    const file = this.uppy.getFile(id);
    // Whoever was told may have removed it by now.
    if (file !== undefined) {
      const progress = { ...file.progress, uploadStarted: null };
      this.uppy.setFileState(id, { progress } as Partial<UppyFile<M, B>>);
    }
    this.uppy.setState({ error });
  }

  #keep(id: string, valetkey: ValetkeyFile | undefined): void {
    this.uppy.setFileState(id, { valetkey } as Partial<UppyFile<M, B>>);
  }

  #progress(id: string, bytesUploaded: number, bytesTotal: number): void {
    const file = this.uppy.getFile(id);
    if (file === undefined) return;
    const uploadStarted = file.progress.uploadStarted ?? browserEnvironment.now();
    this.uppy.emit('upload-progress', file, { uploadStarted, bytesUploaded, bytesTotal });
  }

  #metadataOf({ meta }: UppyFile<M, B>): Record<string, string> {
    const all: Readonly<Record<string, unknown>> = meta;
    return Object.fromEntries(
      this.opts.metadata.flatMap((name) => {
        const value = all[name] ?? undefined;
        return value === undefined ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)]];
      }),
    );
  }

  /** Companion's remote files have no bytes here; Golden Retriever may have lost a large file's. */
  #dataOf(file: UppyFile<M, B>): Blob {
    if (!file.isRemote && file.data instanceof Blob) return file.data;
    throw new TypeError(this.i18n(file.isRemote ? 'onlyLocal' : 'pickAgain', { file: file.name }));
  }

  readonly #notRemembered = (details: string): void => {
    this.uppy.info({ message: this.i18n('notRemembered'), details }, 'warning', infoMs);
  };

  readonly #onRemoved = ({ id }: Pick<UppyFile<M, B>, 'id'>): void => this.#running.cancel(id);
  readonly #onPauseAll = (): void => this.#running.pauseAll(true);
  readonly #onResumeAll = (): void => this.#running.pauseAll(false);
  readonly #onPause = (file: UppyFile<M, B> | undefined, isPaused: boolean): void => {
    if (file !== undefined) this.#running.pause(file.id, isPaused);
  };
}

declare module '@uppy/core' {
  export interface PluginTypeRegistry<M extends Meta, B extends Body> {
    ValetkeyUpload: ValetkeyUpload<M, B>;
  }
}
