import type { KeyPattern, PatternPart } from './key-pattern.ts';
import { boundValueOf, isValueOf } from './pattern-variable.ts';
import type { Subject } from './subject.ts';

/** What a generated key is made of, beside the subject. */
export interface KeySources {
  readonly subject: Subject;
  /** The client's name for the file; only its last segment is looked at. */
  readonly fileName?: string | undefined;
  readonly contentType?: string | undefined;
  readonly newUuid: () => string;
  /** Date in UTC, `2026-11-23`. */
  readonly today: string;
}

const typesByExtension: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  bin: 'application/octet-stream',
  csv: 'text/csv',
  gif: 'image/gif',
  gz: 'application/gzip',
  html: 'text/html',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  md: 'text/markdown',
  mov: 'video/quicktime',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  wav: 'audio/wav',
  webm: 'video/webm',
  webp: 'image/webp',
  xml: 'application/xml',
  zip: 'application/zip',
};

/**
 * A key made from a pattern, or undefined when the pattern holds what only the caller could choose (`{any}`,
 * `{rest}`) or the subject or file name has no usable value.
 */
export function generateKey(pattern: KeyPattern, sources: KeySources): string | undefined {
  if (pattern.endsWithRest) return undefined;
  const segments: string[] = [];
  for (const parts of pattern.segments) {
    const texts = parts.map((part) => textOf(part, sources));
    if (texts.includes(undefined)) return undefined;
    segments.push(texts.join(''));
  }
  return segments.join('/');
}

function textOf(part: PatternPart, sources: KeySources): string | undefined {
  if (part.kind === 'literal') return part.text;
  if (part.kind === 'bound') return boundValueOf(part.variable, sources.subject);
  switch (part.variable) {
    case 'uuid':
      return sources.newUuid();
    case 'date':
      return sources.today;
    case 'name':
      return toSafeName(sources.fileName);
    case 'ext':
      return toExtension(sources);
    case 'any':
      return undefined;
  }
}

/** Letters, digits, `.`, `_` and `-` stay; everything else becomes `-`. */
function toSafeName(fileName: string | undefined): string | undefined {
  const base = fileName?.split(/[/\\]/).at(-1) ?? '';
  const safe = base
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, '-')
    .slice(0, 100);
  return isValueOf('name', safe) ? safe : undefined;
}

/** The file's extension where it is known to belong to the signed content type, otherwise nothing. */
function toExtension({ fileName, contentType }: KeySources): string {
  const found = /\.([a-z0-9]{1,10})$/.exec(fileName?.toLowerCase() ?? '')?.[1];
  if (found === undefined) return '';
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  return type === undefined || typesByExtension[found] === type ? `.${found}` : '';
}
