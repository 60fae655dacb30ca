/** Headers with lower-case names. */
export type SignedHeaders = Readonly<Record<string, string>>;

export interface CanonicalHeaders {
  /** `name:value` lines, each ended by a line feed. */
  readonly lines: string;
  /** Names joined by semicolons. */
  readonly names: string;
}

/**
 * Headers in the order of their names, values trimmed and inner spaces folded; `host` is always among them.
 * Source: Signature Version 4, "CanonicalHeaders" and "SignedHeaders".
 */
export function canonicalHeaders(host: string, headers: SignedHeaders): CanonicalHeaders {
  const names = Object.keys(headers);
  if (names.length === 0) return { lines: `host:${host}\n`, names: 'host' };
  names.push('host');
  names.sort();
  const lines = names.map((name) => `${name}:${name === 'host' ? host : fold(headers[name] ?? '')}\n`);
  return { lines: lines.join(''), names: names.join(';') };
}

function fold(value: string): string {
  return value.trim().replaceAll(/\s+/g, ' ');
}
