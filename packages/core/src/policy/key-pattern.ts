import { ValetkeyError } from '../errors.ts';
import { parseKey, type KeyRules } from '../grammar/key.ts';
import { quote } from '../grammar/quote.ts';
import {
  fixedLengthOf,
  isBoundVariable,
  isFreeVariable,
  type BoundVariable,
  type FreeVariable,
} from './pattern-variable.ts';

/** A key has no more bytes. */
const maxPatternLength = 1024;

/** A piece of a segment. */
export type PatternPart =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'bound'; readonly variable: BoundVariable }
  | {
      readonly kind: 'free';
      readonly variable: Exclude<FreeVariable, 'rest'>;
      /** Characters it always takes, or undefined when that varies. */
      readonly length: number | undefined;
    };

/** Parts of one segment; at most one of them has a length that varies. */
export type PatternSegment = readonly PatternPart[];

/**
 * A key pattern taken apart: segments of literals and variables, then perhaps `{rest}`. Matching one takes
 * time linear in the key.
 */
export interface KeyPattern {
  readonly text: string;
  readonly segments: readonly PatternSegment[];
  /** Whether `{rest}` follows: one or more segments. */
  readonly endsWithRest: boolean;
  /** What every key of the pattern begins with: literals up to the first variable. */
  readonly literalPrefix: string;
}

/**
 * Compiles a pattern such as `avatars/{sub}/{uuid}{ext}`.
 * @throws ValetkeyError `invalid-policy`
 */
export function compileKeyPattern(text: string, field: string, rules: KeyRules = {}): KeyPattern {
  const refuse = (expected: string): never => {
    throw new ValetkeyError('invalid-policy', { field, expected, got: quote(text) });
  };
  if (text === '') refuse('a pattern of at least one segment; an empty one would match nothing');
  if (text.length > maxPatternLength) refuse(`at most ${maxPatternLength} characters`);
  const all = text.split('/');
  const endsWithRest = all.at(-1) === '{rest}';
  const segments = (endsWithRest ? all.slice(0, -1) : all).map((segment) => compileSegment(segment, refuse));
  checkLiterals(segments, field, rules);
  return { text, segments, endsWithRest, literalPrefix: literalPrefixOf(segments, endsWithRest) };
}

function literalPrefixOf(segments: readonly PatternSegment[], endsWithRest: boolean): string {
  let prefix = '';
  for (const [index, parts] of segments.entries()) {
    if (index > 0) prefix += '/';
    for (const part of parts) {
      if (part.kind !== 'literal') return prefix;
      prefix += part.text;
    }
  }
  return endsWithRest && segments.length > 0 ? `${prefix}/` : prefix;
}

function compileSegment(segment: string, refuse: (expected: string) => never): PatternSegment {
  if (segment === '') return refuse('no empty segment, and no leading or trailing slash');
  const parts: PatternPart[] = [];
  for (const piece of segment.split(/(\{[^{}]*\})/)) {
    if (piece === '') continue;
    if (piece.startsWith('{') && piece.endsWith('}')) parts.push(toVariable(piece.slice(1, -1), refuse));
    else if (/[{}]/.test(piece)) refuse('braces only around the name of a variable');
    else parts.push({ kind: 'literal', text: piece });
  }
  if (parts.filter(isVariableLength).length > 1) {
    refuse('at most one of {any}, {name} and {ext} in a segment, so that there is one way to match it');
  }
  return parts;
}

function toVariable(name: string, refuse: (expected: string) => never): PatternPart {
  if (name === 'rest') return refuse('{rest} alone in the last segment');
  if (isFreeVariable(name) && name !== 'rest')
    return { kind: 'free', variable: name, length: fixedLengthOf(name) };
  if (isBoundVariable(name)) return { kind: 'bound', variable: name };
  return refuse(
    'variables of {sub}, {subHash}, {claims.NAME}, {namespace}, {share}, {uuid}, {date}, {any}, {name}, {ext}, {rest}',
  );
}

function isVariableLength(part: PatternPart): boolean {
  return part.kind === 'free' && part.length === undefined;
}

/** A literal must be a legal piece of a key; a letter stands in for each variable. */
function checkLiterals(segments: readonly PatternSegment[], field: string, rules: KeyRules): void {
  if (segments.length === 0) return;
  const sample = segments.map((parts) =>
    parts.map((part) => (part.kind === 'literal' ? part.text : 'x')).join(''),
  );
  try {
    parseKey(sample.join('/'), field, rules);
  } catch (error) {
    if (!(error instanceof ValetkeyError)) throw error;
    throw new ValetkeyError('invalid-policy', {
      field,
      ...(error.expected === undefined ? {} : { expected: error.expected }),
      ...(error.got === undefined ? {} : { got: error.got }),
      cause: error,
    });
  }
}
