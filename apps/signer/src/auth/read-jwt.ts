/** A JWT's two readable parts, before anybody has vouched for them. RFC 7519, RFC 7515. */
import { z } from 'zod';

const object = z.record(z.string(), z.unknown());

/** What a token says of itself. Nothing of it is true yet. */
export interface UnverifiedJwt {
  readonly issuer: unknown;
  readonly audience: unknown;
}

/**
 * Reads a token; undefined for what is no JWT, and for one that says something twice: parsers disagree on which of
 * the two counts (RFC 7519, section 4).
 */
export function readJwt(token: string): UnverifiedJwt | undefined {
  const parts = /^([\w-]+)\.([\w-]+)\.[\w-]+$/.exec(token);
  if (parts === null) return undefined;
  const header = readPart(parts[1] ?? '');
  const payload = readPart(parts[2] ?? '');
  if (header === undefined || payload === undefined) return undefined;
  return { issuer: payload['iss'], audience: payload['aud'] };
}

function readPart(part: string): Readonly<Record<string, unknown>> | undefined {
  const text = Buffer.from(part, 'base64url').toString('utf8');
  const parsed = parseJson(text);
  const result = object.safeParse(parsed);
  return result.success && namesOnce(text) ? result.data : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether no name comes twice in the outermost object of what is known to be JSON. */
function namesOnce(text: string): boolean {
  const names = new Set<unknown>();
  let depth = 0;
  for (const [token, name, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (depth === 1 && name !== undefined && colon !== undefined) {
      // Written out, so that an escape does not hide a name.
      const plain: unknown = JSON.parse(name);
      if (names.has(plain)) return false;
      names.add(plain);
    }
  }
  return true;
}
