import type { KeyPattern, PatternPart } from '../policy/key-pattern.ts';

/**
 * A key pattern as an IAM resource names objects: `*` for any text, `?` for one character. It covers everything
 * that the pattern matches for any subject, and sometimes more, since `*` also takes slashes.
 */
export function toIamPattern({ segments, endsWithRest }: KeyPattern): string {
  const texts = segments.map((parts) => parts.map(toIamText).join(''));
  return [...texts, ...(endsWithRest ? ['*'] : [])].join('/');
}

/** Literal text in a place where `*`, `?` and `$` mean something. */
export function escapeIam(text: string): string {
  return text.replaceAll(/[*?$]/g, (character) => `\${${character}}`);
}

function toIamText(part: PatternPart): string {
  if (part.kind === 'literal') return escapeIam(part.text);
  if (part.kind === 'bound') return '*';
  if (part.variable === 'uuid') return '?'.repeat(36);
  return part.variable === 'date' ? '????-??-??' : '*';
}
