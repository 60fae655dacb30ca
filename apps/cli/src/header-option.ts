import { quote, ValetkeyError } from '@valetkey/core';

/** Gathers a flag that may be given again. */
export function collectHeader(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

/**
 * Headers by lower-case name.
 * @throws ValetkeyError `invalid-configuration` for a text that is no header, or has a line break
 */
export function toHeaders(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(texts.map(toHeader));
}

function toHeader(text: string): readonly [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([^\r\n\0]*)$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name.toLowerCase(), value];
  throw new ValetkeyError('invalid-configuration', {
    field: '--header',
    expected: "'name: value'",
    got: quote(text),
  });
}
