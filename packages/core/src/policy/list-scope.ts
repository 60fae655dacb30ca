/**
 * Listing is never signed: the service asks the store itself, under a prefix that the policy binds the
 * subject to, and shows only keys that the policy covers.
 */
import { quote } from '../grammar/quote.ts';
import type { Denial, Miss } from './denial.ts';
import type { KeyPattern, PatternPart } from './key-pattern.ts';
import { isExcepted, matchesAnyKey, matchesFolder } from './match-key.ts';
import { boundValueOf } from './pattern-variable.ts';
import type { Policy } from './policy.ts';
import { isSelectedByAny, type Subject } from './subject.ts';

/**
 * What may be listed, or why nothing may.
 * @public
 */
export type ListScope =
  | {
      readonly allowed: true;
      readonly kind: 'roots';
      /** Where listings may begin; there are several, and none was asked for. */
      readonly prefixes: readonly string[];
    }
  | {
      readonly allowed: true;
      readonly kind: 'prefix';
      readonly prefix: string;
      /** Whether a key found under the prefix may be shown. */
      readonly covers: (key: string) => boolean;
      /** Whether a folder (it ends with a slash) may be shown: a key that is covered could lie in it. */
      readonly coversFolder: (folder: string) => boolean;
    }
  | { readonly allowed: false; readonly denial: Denial };

/**
 * Decides a listing. A pattern's prefix is its literals and bound variables up to the first part that a caller
 * may choose. A prefix asked must begin with that of one of the patterns; without one it is the patterns' own, or
 * all of them where they differ.
 * @public
 */
export function evaluateList(policy: Policy, subject: Subject, asked: string | undefined): ListScope {
  const deny = (miss: Miss): ListScope => ({ allowed: false, denial: { policy: policy.name, ...miss } });
  if (!isSelectedByAny(subject, policy.subjects)) {
    return deny({
      code: 'subject-not-allowed',
      field: 'subject',
      expected: 'a subject that the policy selects',
      got: `${subject.kind} ${quote(subject.id)}`,
    });
  }
  if (!policy.actions.includes('list')) {
    return deny({
      code: 'method-not-allowed',
      field: 'action',
      expected: policy.actions.join(', '),
      got: 'list',
    });
  }
  const bound = policy.keys.map((pattern) => boundPrefix(pattern, subject));
  const prefixes = outermost(bound.filter((prefix) => prefix !== undefined));
  if (asked === undefined && prefixes.length > 1) return { allowed: true, kind: 'roots', prefixes };
  const prefix = asked ?? prefixes[0];
  if (prefix === undefined || hasDotSegment(prefix) || !prefixes.some((root) => prefix.startsWith(root))) {
    return deny({
      code: 'key-not-allowed',
      field: 'prefix',
      expected: prefixes.map((root) => quote(root)).join(' or ') || 'a subject whose prefix is known',
      got: quote(prefix ?? ''),
    });
  }
  return {
    allowed: true,
    kind: 'prefix',
    prefix,
    covers: (key) => isCovered(policy, subject, key),
    coversFolder: (folder) => policy.keys.some((pattern) => matchesFolder(pattern, folder, subject)),
  };
}

/** Those that lie below no other, each once. */
function outermost(prefixes: readonly string[]): readonly string[] {
  return [...new Set(prefixes)].filter((prefix) =>
    prefixes.every((other) => other === prefix || !prefix.startsWith(other)),
  );
}

/** Undefined when the subject has no usable value for a variable in front. */
function boundPrefix({ segments, endsWithRest }: KeyPattern, subject: Subject): string | undefined {
  let prefix = '';
  for (const [index, parts] of segments.entries()) {
    if (index > 0) prefix += '/';
    for (const part of parts) {
      if (part.kind === 'free') return prefix;
      const text = textOf(part, subject);
      if (text === undefined) return undefined;
      prefix += text;
    }
  }
  return endsWithRest && segments.length > 0 ? `${prefix}/` : prefix;
}

function textOf(part: Exclude<PatternPart, { kind: 'free' }>, subject: Subject): string | undefined {
  return part.kind === 'literal' ? part.text : boundValueOf(part.variable, subject);
}

function hasDotSegment(prefix: string): boolean {
  return prefix.split('/').some((segment) => segment === '.' || segment === '..');
}

function isCovered(policy: Policy, subject: Subject, key: string): boolean {
  return matchesAnyKey(policy.keys, key, subject) && !isExcepted(policy, key, subject);
}
