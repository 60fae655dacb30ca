export { type Environment } from './engine/environment.ts';
export { UploadError, type UploadErrorCode } from './engine/upload-error.ts';
export {
  createUploader,
  type Uploader,
  type UploaderOptions,
  type UploadOptions,
  type UploadResult,
} from './engine/uploader.ts';
export { type HeadersCallback } from './engine/service-client.ts';
