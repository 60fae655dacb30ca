import type { Body, Meta, UppyFile } from '@uppy/core';
import type { Limits, Problem } from '@valetkey/protocol';

import type { UploadErrorCode } from '../engine/upload-error.ts';
import type { UploadResult } from '../engine/uploader.ts';

/**
 * `file.valetkey`: what the service said of a file. No URL and no token is kept.
 * @public
 */
export interface ValetkeyFile extends Partial<UploadResult> {
  /** Why it failed. */
  readonly code?: UploadErrorCode | undefined;
  /** Whether another try may succeed without anybody changing anything. */
  readonly retryable?: boolean | undefined;
  /** Why the service refused it. */
  readonly problem?: Problem | undefined;
}

declare module '@uppy/core/utils' {
  /** What the plugin keeps of a file. */
  export interface LocalUppyFile<M extends Meta, B extends Body> {
    valetkey?: ValetkeyFile;
  }
}

declare module '@uppy/core' {
  export interface UppyEventMap<M extends Meta, B extends Body> {
    /** The service has seen the file in the store. */
    'valetkey:verified': (file: UppyFile<M, B>, result: UploadResult) => void;
    /** The policy's limits are known, and are restrictions now. */
    'valetkey:limits': (limits: Limits) => void;
  }
}
