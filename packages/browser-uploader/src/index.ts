// Not through engine.ts: a bundler that splits would load with the page what only the first upload needs.
export { UploadError, type UploadErrorCode } from './engine/upload-error.ts';
export { type UploadResult } from './engine/uploader.ts';
export { type ValetkeyFile } from './plugin/file-state.ts';
export { ValetkeyUpload, type ValetkeyUploadOptions } from './plugin/valetkey-upload.ts';
