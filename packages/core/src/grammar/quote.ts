import { redact } from './redact.ts';

const shownCharacters = 80;
/** Nothing behind it would be shown. */
const readCharacters = 4096;

/**
 * A hostile value made fit for an error message: JSON-quoted, control and bidirectional characters escaped,
 * at most 80 characters, and of a presigned URL no signature, token or credential.
 */
export function quote(input: unknown): string {
  if (typeof input === 'number' || typeof input === 'boolean' || input === null || input === undefined) {
    return String(input);
  }
  if (typeof input !== 'string') return Array.isArray(input) ? 'a list' : `a value of type ${typeof input}`;
  const text = redact(input.slice(0, readCharacters));
  const shown = text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;
  return JSON.stringify(shown).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
