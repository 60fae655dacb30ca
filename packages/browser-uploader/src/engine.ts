export { type Environment } from './engine/environment.ts';
export { type Checksum, type ChecksumAlgorithm } from './engine/integrity/checksum.ts';
export {
  type ResumableUpload,
  type ResumeScope,
  type ResumeStore,
  type TakenUpload,
} from './engine/resume/resume-store.ts';
export { UploadError, type UploadErrorCode } from './engine/upload-error.ts';
export {
  createUploader,
  type Upload,
  type Uploader,
  type UploaderOptions,
  type UploadOptions,
  type UploadResult,
} from './engine/uploader.ts';
export { type HeadersCallback } from './engine/service-client.ts';
export {
  createIndexedDbResumeStore,
  type IndexedDbResumeOptions,
} from './engine/resume/indexed-db-resume-store.ts';
export {
  keepFileHandle,
  type UnfinishedUpload,
  unfinishedUploads,
} from './engine/resume/unfinished-uploads.ts';
export { type ChecksumOptions, createChecksum } from './engine/integrity/worker-checksum.ts';
