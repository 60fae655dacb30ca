import type { KeyPattern, PatternPart, PatternSegment } from './key-pattern.ts';
import { boundValueOf, isBoundValue, isValueOf, rawTextOf } from './pattern-variable.ts';
import type { Subject } from './subject.ts';

/**
 * Whether the whole key matches. `tenants/1` never matches `tenants/10`: segments are compared whole.
 * A variable for which the subject has no usable value matches nothing. Looks at each character a bounded number of
 * times and allocates nothing until a free variable is reached.
 */
export function matchesKey(pattern: KeyPattern, key: string, subject: Subject): boolean {
  if (!key.startsWith(pattern.literalPrefix)) return false;
  let start = 0;
  for (const parts of pattern.segments) {
    const end = start > key.length ? -1 : endOfMatch(parts, key, start, subject);
    if (end === -1) return false;
    start = end + 1;
  }
  return pattern.endsWithRest ? holdsMoreThanSlashes(key, start) : start === key.length + 1;
}

function holdsMoreThanSlashes(key: string, start: number): boolean {
  for (let index = start; index < key.length; index += 1) if (key[index] !== '/') return true;
  return false;
}

/** Whether a key that matches could lie below a folder, which is a prefix that ends with a slash. */
export function matchesFolder(pattern: KeyPattern, folder: string, subject: Subject): boolean {
  const segments = folder.slice(0, -1).split('/');
  const { length } = pattern.segments;
  if (segments.length >= length && !pattern.endsWithRest) return false;
  return segments.every((segment, index) => {
    const parts = pattern.segments[index];
    return parts === undefined || endOfMatch(parts, segment, 0, subject) !== -1;
  });
}

/** Whether one of the patterns matches. Without a closure: it is asked of every policy in turn. */
export function matchesAnyKey(patterns: readonly KeyPattern[], key: string, subject: Subject): boolean {
  for (const pattern of patterns) if (matchesKey(pattern, key, subject)) return true;
  return false;
}

function isBoundFor({ segments }: KeyPattern, subject: Subject): boolean {
  return segments.every((parts) =>
    parts.every((part) => part.kind !== 'bound' || boundValueOf(part.variable, subject) !== undefined),
  );
}

/** Whether `exceptKeys` take a key out, doubled slashes or not. */
export function isExcepted(
  { exceptKeys }: { readonly exceptKeys: readonly KeyPattern[] },
  key: string,
  subject: Subject,
): boolean {
  if (exceptKeys.length === 0) return false;
  // Whoever has no value for a variable of an exception cannot be shown to be outside of it.
  if (exceptKeys.some((pattern) => !isBoundFor(pattern, subject))) return true;
  const collapsed = key.replaceAll(/\/{2,}/g, '/').replace(/^\//, '');
  return exceptKeys.some(
    (pattern) => matchesKey(pattern, key, subject) || matchesKey(pattern, collapsed, subject),
  );
}

/**
 * Fixed pieces are taken from both ends; what is left must suit the one piece whose length varies. Returns where the
 * segment that begins at `start` ends, or -1 when it does not match.
 */
function endOfMatch(parts: PatternSegment, key: string, start: number, subject: Subject): number {
  const slash = key.indexOf('/', start);
  const end = slash === -1 ? key.length : slash;
  let from = start;
  let first = 0;
  for (let part = parts[first]; part !== undefined; part = parts[(first += 1)]) {
    const length = lengthOf(part, subject);
    if (length === undefined) break;
    if (from + length > end || !suits(part, key, from, length, subject)) return -1;
    from += length;
  }
  if (first === parts.length) return from === end ? end : -1;
  let to = end;
  for (let last = parts.length - 1; last > first; last -= 1) {
    const part = parts[last];
    const length = part === undefined ? undefined : lengthOf(part, subject);
    if (part === undefined || length === undefined || to - length < from) return -1;
    if (!suits(part, key, to - length, length, subject)) return -1;
    to -= length;
  }
  const varying = parts[first];
  return varying === undefined || suits(varying, key, from, to - from, subject) ? end : -1;
}

/** Characters that a part takes; undefined when that varies, 0 for a value that the subject has not. */
function lengthOf(part: PatternPart, subject: Subject): number | undefined {
  switch (part.kind) {
    case 'literal':
      return part.text.length;
    case 'bound':
      return rawTextOf(part.variable, subject)?.length ?? 0;
    case 'free':
      return part.length;
  }
}

function suits(part: PatternPart, key: string, at: number, length: number, subject: Subject): boolean {
  switch (part.kind) {
    case 'literal':
      return key.startsWith(part.text, at);
    case 'bound': {
      const text = rawTextOf(part.variable, subject);
      return text !== undefined && key.startsWith(text, at) && isBoundValue(text);
    }
    case 'free':
      return isValueOf(part.variable, key.slice(at, at + length));
  }
}
