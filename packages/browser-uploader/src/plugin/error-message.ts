import { UploadError } from '../engine/upload-error.ts';
import type { ValetkeyLocale } from './locale.ts';

/** What a person reads, in the app's language where there is a translation. */
export function errorMessage(error: Error, locale: ValetkeyLocale | undefined): string {
  const strings: Readonly<Record<string, unknown>> = locale?.strings ?? {};
  const translated = error instanceof UploadError ? strings[error.code] : undefined;
  return typeof translated === 'string' ? translated : error.message;
}
