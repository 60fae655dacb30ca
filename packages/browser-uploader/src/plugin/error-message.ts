import { UploadError } from '../engine/upload-error.ts';
import type { ValetkeyLocale } from './locale.ts';

/** What a person reads, in the app's language where there is a translation. */
export function errorMessage(error: unknown, locale: ValetkeyLocale | undefined): string {
  const strings: Readonly<Record<string, unknown>> = locale?.strings ?? {};
  const translated = error instanceof UploadError ? strings[error.code] : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return typeof translated === 'string' ? translated.replace('%{message}', () => message) : message;
}
