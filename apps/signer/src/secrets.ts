import { readFile } from 'node:fs/promises';

import { ValetkeyError } from '@valetkey/core';

const minBytes = 32;

/**
 * Reads the service's secrets: one a line in base64, newest first.
 * @throws ValetkeyError `invalid-configuration`, without any part of them
 */
export async function readSecrets(file: string): Promise<readonly Uint8Array[]> {
  const secrets = (await readText(file))
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

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ValetkeyError('invalid-configuration', {
      field: `server.secrets.file ${file}`,
      expected: 'a file that can be read',
      got: error instanceof Error && 'code' in error ? String(error.code) : 'an error',
      hint: `Make one with: openssl rand -base64 ${minBytes} > ${file}`,
      cause: error,
    });
  }
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
