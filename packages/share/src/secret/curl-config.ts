import type { PresignedUrl } from '@valetkey/core';

/**
 * A file for `curl --config`: the URL, a method other than GET, and the headers that must be sent. curl counts
 * the bytes it sends by itself, so `content-length` is left to it.
 */
export function toCurlConfig(url: PresignedUrl): string {
  const lines = [`url = ${quoted(url.reveal())}`];
  if (url.method === 'HEAD') lines.push('head');
  else if (url.method !== 'GET') lines.push(`request = ${quoted(url.method)}`);
  for (const [name, value] of Object.entries(url.requiredHeaders)) {
    if (name !== 'content-length') lines.push(`header = ${quoted(`${name}: ${value}`)}`);
  }
  return `${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
