import type { KeyPattern, PatternPart, PatternSegment } from './key-pattern.ts';
import { boundValueOf, fixedLengthOf, isValueOf } from './pattern-variable.ts';
import type { Subject } from './subject.ts';

/**
 * Whether the whole key matches. `tenants/1` never matches `tenants/10`: segments are compared whole.
 * A variable for which the subject has no usable value matches nothing.
 */
export function matchesKey(pattern: KeyPattern, key: string, subject: Subject): boolean {
  if (!key.startsWith(pattern.literalPrefix)) return false;
  const segments = key.split('/');
  const { length } = pattern.segments;
  if (pattern.endsWithRest ? segments.length <= length : segments.length !== length) return false;
  if (pattern.endsWithRest && segments.slice(length).join('') === '') return false;
  return pattern.segments.every((parts, index) => matchesSegment(parts, segments[index] ?? '', subject));
}

/** Whether a key that matches could lie below a folder, which is a prefix that ends with a slash. */
export function matchesFolder(pattern: KeyPattern, folder: string, subject: Subject): boolean {
  const segments = folder.slice(0, -1).split('/');
  const { length } = pattern.segments;
  if (segments.length >= length && !pattern.endsWithRest) return false;
  return segments.every((segment, index) => {
    const parts = pattern.segments[index];
    return parts === undefined || matchesSegment(parts, segment, subject);
  });
}

/** Whether one of the patterns matches. Without a closure: it is asked of every policy in turn. */
export function matchesAnyKey(patterns: readonly KeyPattern[], key: string, subject: Subject): boolean {
  for (const pattern of patterns) if (matchesKey(pattern, key, subject)) return true;
  return false;
}

/** Whether `exceptKeys` take a key out, doubled slashes or not. */
export function isExcepted(
  { exceptKeys }: { readonly exceptKeys: readonly KeyPattern[] },
  key: string,
  subject: Subject,
): boolean {
  if (exceptKeys.length === 0) return false;
  const collapsed = key.replaceAll(/\/{2,}/g, '/').replace(/^\//, '');
  return exceptKeys.some(
    (pattern) => matchesKey(pattern, key, subject) || matchesKey(pattern, collapsed, subject),
  );
}

/** Fixed pieces are taken from both ends; what is left must suit the one piece whose length varies. */
function matchesSegment(parts: PatternSegment, segment: string, subject: Subject): boolean {
  let start = 0;
  let end = segment.length;
  let first = 0;
  let last = parts.length - 1;
  for (let part = parts[first]; part !== undefined; part = parts[(first += 1)]) {
    const length = lengthOf(part, subject);
    if (length === undefined) break;
    if (start + length > end || !suits(part, segment.slice(start, start + length), subject)) return false;
    start += length;
  }
  for (let part = parts[last]; last > first && part !== undefined; part = parts[(last -= 1)]) {
    const length = lengthOf(part, subject) ?? Number.POSITIVE_INFINITY;
    if (end - length < start || !suits(part, segment.slice(end - length, end), subject)) return false;
    end -= length;
  }
  const varying = parts[first];
  return varying === undefined ? start === end : suits(varying, segment.slice(start, end), subject);
}

function lengthOf(part: PatternPart, subject: Subject): number | undefined {
  switch (part.kind) {
    case 'literal':
      return part.text.length;
    case 'bound':
      return boundValueOf(part.variable, subject)?.length ?? 0;
    case 'free':
      return fixedLengthOf(part.variable);
  }
}

function suits(part: PatternPart, text: string, subject: Subject): boolean {
  switch (part.kind) {
    case 'literal':
      return part.text === text;
    case 'bound':
      return boundValueOf(part.variable, subject) === text;
    case 'free':
      return isValueOf(part.variable, text);
  }
}
