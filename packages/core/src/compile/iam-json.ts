import type { IamDocument } from './iam-document.ts';

/**
 * A document as IAM and STS take it: they refuse characters beyond Latin-1, which JSON can write as `\u8a9e`.
 * Source: AWS STS API reference, AssumeRole, pattern of "Policy".
 * @public
 */
export function toIamJson(document: IamDocument, indent?: number): string {
  return JSON.stringify(document, undefined, indent).replaceAll(
    /[^\t\n\r\u0020-\u007e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
