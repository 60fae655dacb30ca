import { ValetkeyError } from '@valetkey/core';
import { readText, type UnreadableFile } from '@valetkey/core/s3';

const minBytes = 32;

/**
 * Reads the service's secrets: one a line in base64, newest first.
 * @throws ValetkeyError `invalid-configuration`, without any part of them
 */
export async function readSecrets(file: string): Promise<readonly Uint8Array[]> {
  const secrets = (await readText(file, unreadable(file)))
    .split('\n')
    .map((line) => line.trim())
    .flatMap((line, index) => (line === '' ? [] : [toSecret(line, `${file}:${index + 1}`)]));
  if (secrets.length > 0) return secrets;
  throw new ValetkeyError('invalid-configuration', {
    field: `server.secrets.file ${file}`,
    expected: 'at least one secret',
    got: 'an empty file',
    hint: `Make one with: openssl rand -base64 ${minBytes} > ${file}`,
  });
}

function unreadable(file: string): UnreadableFile {
  return {
    code: 'invalid-configuration',
    field: `server.secrets.file ${file}`,
    hint: `Make one with: openssl rand -base64 ${minBytes} > ${file}`,
  };
}

function toSecret(line: string, field: string): Uint8Array {
  const secret = /^[A-Za-z0-9+/]+={0,2}$/.test(line) ? Buffer.from(line, 'base64') : Buffer.alloc(0);
  if (secret.byteLength >= minBytes) return secret;
  throw new ValetkeyError('invalid-configuration', {
    field,
    expected: `at least ${minBytes} bytes in base64`,
    got: `${line.length} characters that are not`,
    hint: `Make one with: openssl rand -base64 ${minBytes}`,
  });
}
