export { UploadError, type UploadErrorCode, type UploadResult } from './engine.ts';
export { ValetkeyUpload, type ValetkeyUploadOptions } from './plugin/valetkey-upload.ts';
