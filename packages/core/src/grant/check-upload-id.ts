import { ValetkeyError } from '../errors.ts';

/**
 * A multipart upload's id as a store names it. Not shown when it is refused: it stands for the upload.
 * @throws ValetkeyError `upload-not-found`
 */
export function checkUploadId(uploadId: string): string {
  if (/^[\x21-\x7e]{1,1024}$/.test(uploadId)) return uploadId;
  throw new ValetkeyError('upload-not-found', {
    field: 'uploadId',
    expected: '1 to 1024 printable characters without space',
    got: `${uploadId.length} characters`,
  });
}
