import { ValetkeyError } from '../errors.ts';
import type { SigningCredentials } from './credentials.ts';

// Anything printable without space: MinIO and SeaweedFS allow more than AWS's twenty capitals.
const accessKeyPattern = /^[\x21-\x7e]{1,128}$/;

/**
 * Refuses keys that could not sign: empty, or with a line break from a pasted file.
 * @throws ValetkeyError `credentials-unavailable`; its message holds no part of the keys
 */
export function checkCredentials(credentials: SigningCredentials): void {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  if (!accessKeyPattern.test(accessKeyId)) {
    throw unusable('accessKeyId', '1 to 128 printable characters without space');
  }
  if (secretAccessKey === '' || secretAccessKey.trim() !== secretAccessKey) {
    throw unusable('secretAccessKey', 'text without leading or trailing space');
  }
  if (sessionToken !== undefined && (sessionToken === '' || sessionToken.trim() !== sessionToken)) {
    throw unusable('sessionToken', 'text without leading or trailing space, or none');
  }
}

function unusable(field: string, expected: string): ValetkeyError {
  return new ValetkeyError('credentials-unavailable', {
    field,
    expected,
    got: 'something else, not shown here',
  });
}
