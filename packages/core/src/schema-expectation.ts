import type { z } from 'zod';

const nouns: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'text',
};
const units: Readonly<Record<string, string>> = { array: 'items', set: 'items', string: 'characters' };

/**
 * What a schema would have taken, as it stands behind `expected` in a {@link ValetkeyError}. Given to zod as `error` of
 * one parse: the words that a schema brings itself come first.
 * @example
 * ```ts
 * const result = schema.safeParse(input, { error: toExpectation });
 * ```
 * @internal
 */
export function toExpectation(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return nouns[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return `${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${amount(issue.maximum, issue.origin)}`;
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${amount(issue.minimum, issue.origin)}`;
    case 'invalid_format':
      return issue.format === 'regex' ? `text that matches ${issue.pattern ?? 'a pattern'}` : undefined;
    default:
      return undefined;
  }
}

function amount(limit: number | bigint, origin: string): string {
  const unit = units[origin];
  return unit === undefined ? String(limit) : `${limit} ${unit}`;
}
