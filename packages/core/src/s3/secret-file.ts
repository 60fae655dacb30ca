import { ValetkeyError } from '../errors.ts';
import { parseInstant } from '../instant.ts';
import { Credentials } from '../signing/credentials.ts';

const known = ['accessKeyId', 'secretAccessKey', 'sessionToken', 'expiresAt'];

/**
 * Keys from a JSON file `{"accessKeyId": …, "secretAccessKey": …, "sessionToken": …, "expiresAt": …}`; the last
 * two may be absent.
 * @throws ValetkeyError `credentials-unavailable`, without any part of the file's content
 */
export function parseSecretFile(text: string, path: string): Credentials {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = toFields(text, path);
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw refusal(path, 'accessKeyId and secretAccessKey as non-empty text');
  }
  return new Credentials({
    accessKeyId,
    secretAccessKey,
    sessionToken,
    expiresAtMs: expiresAt === undefined ? undefined : parseInstant(expiresAt, `${path} expiresAt`),
  });
}

function toFields(text: string, path: string): Readonly<Record<string, string | undefined>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The parser's message quotes the file, which holds a secret: it must not become the cause.
    throw refusal(path, 'a JSON object');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw refusal(path, 'a JSON object');
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(parsed)) {
    if (!known.includes(name)) throw refusal(path, `no fields but ${known.join(', ')}`);
    if (typeof value !== 'string' || value === '') throw refusal(path, `${name} as non-empty text`);
    fields[name] = value;
  }
  return fields;
}

function refusal(path: string, expected: string): ValetkeyError {
  return new ValetkeyError('credentials-unavailable', {
    field: path,
    expected,
    got: 'something else, not shown here',
  });
}
