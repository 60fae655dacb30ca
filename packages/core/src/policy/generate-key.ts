import type { KeyPattern, PatternPart } from './key-pattern.ts';
import { utf8Length } from '../grammar/utf8.ts';
import { contentTypeOfExtension } from './file-types.ts';
import { boundValueOf, isValueOf, maxNameBytes } from './pattern-variable.ts';
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

/**
 * Letters, digits, `.`, `_` and `-` stay; everything else becomes `-`. What is too long loses its middle, not
 * its extension; a name of which nothing is left becomes `file`.
 */
function toSafeName(fileName: string | undefined): string | undefined {
  if (fileName === undefined) return undefined;
  const base = fileName.split(/[/\\]/).at(-1) ?? '';
  const safe = base
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, '-');
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(safe)?.[0] ?? '';
  const short =
    firstBytes(safe.slice(0, safe.length - extension.length), maxNameBytes - extension.length) + extension;
  return isValueOf('name', short) ? short : 'file';
}

/** As many whole characters as fit. */
function firstBytes(text: string, bytes: number): string {
  let kept = '';
  let left = bytes;
  for (const character of text) {
    left -= utf8Length(character);
    if (left < 0) break;
    kept += character;
  }
  return kept;
}

/** The file's extension where it is known to belong to the signed content type, otherwise nothing. */
function toExtension({ fileName, contentType }: KeySources): string {
  const found = /\.([a-z0-9]{1,10})$/.exec(fileName?.toLowerCase() ?? '')?.[1];
  if (found === undefined) return '';
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  return type === undefined || contentTypeOfExtension(found) === type ? `.${found}` : '';
}
