import type { PresignedUrl } from '@valetkey/core';
import type { Layout } from '../v1alpha1/share-target.ts';
import { toCurlConfig } from './curl-config.ts';

/** One object's URL under its name in the Share. */
export interface NamedUrl {
  readonly name: string;
  readonly url: PresignedUrl;
}

/** Entries of all objects in the layouts asked for. */
export function toUrlEntries(urls: readonly NamedUrl[], layout: Layout): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const { name, url } of urls) {
    if (layout !== 'Env') {
      entries[`${name}.url`] = url.reveal();
      entries[`${name}.curl`] = toCurlConfig(url);
    }
    if (layout !== 'Files') {
      const variable = name.toUpperCase().replaceAll('-', '_');
      entries[`${variable}_URL`] = url.reveal();
      entries[`${variable}_EXPIRES_AT`] = url.expiresAt;
    }
  }
  return entries;
}
