/** Keys made to retarget a URL: whatever is signed names that key, in the signer's eyes and in a URL parser's. */
import fc from 'fast-check';

import { ValetkeyError } from '../../src/errors.ts';
import { presign } from '../../src/signing/presign.ts';

const nowMs = 1_795_000_000_000;
const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };

const pieces = [
  '.',
  '..',
  '...',
  '%2e',
  '%2E%2e',
  '%252e',
  '%',
  '%zz',
  '%00',
  '/',
  '//',
  '\\',
  '\\..\\',
  '?',
  '#',
  ';',
  '&',
  '=',
  ' ',
  '+',
  'a',
  'b.txt',
  '@',
  ':',
  ':80',
  'http://evil.example/',
  '\t',
  '\r\n',
  '\u0000',
  '語',
  '🗝',
  'é',
  'e\u0301',
  '\u202e',
  '\ufeff',
  '\u2025',
  '\uff0e',
  '\uff0f',
  '\ud800',
  '?uploads',
  '*',
];
const hostileKey = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 9 }).map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);

const places = fc.constantFrom<Place>(
  { endpoint: 'https://s3.eu-central-1.amazonaws.com', addressing: 'virtual', before: '/' },
  { endpoint: 'https://s3.eu-central-1.amazonaws.com', addressing: 'path', before: '/models/' },
  { endpoint: 'http://[::1]:9000/base', addressing: 'path', before: '/base/models/' },
  { endpoint: 'https://s3-accelerate.amazonaws.com', addressing: 'virtual', before: '/' },
);

interface Place {
  readonly endpoint: string;
  readonly addressing: 'virtual' | 'path';
  /** What stands in front of the key. */
  readonly before: string;
}

/** What was seen. */
export interface HostileKeys {
  readonly signed: number;
  readonly refused: number;
}

/** Tries that many keys; throws at the first whose URL a parser reads otherwise or whose path is a bucket's. */
export function signHostileKeys(runs: number): HostileKeys {
  let [signed, refused] = [0, 0];
  fc.assert(
    fc.property(hostileKey, places, fc.constantFrom('strict', 'raw'), (key, place, syntax) => {
      const url = tryToSign(key, place, syntax);
      if (url === undefined) {
        refused += 1;
        return;
      }
      signed += 1;
      checkTarget(url, key, place.before);
    }),
    { numRuns: runs },
  );
  return { signed, refused };
}

function checkTarget(url: string, key: string, before: string): void {
  const parsed = new URL(url);
  const target = url.slice(0, url.indexOf('?'));
  if (`${parsed.origin}${parsed.pathname}` !== target) throw new Error(`retargeted: ${JSON.stringify(key)}`);
  const rest = parsed.pathname.slice(before.length);
  if (!parsed.pathname.startsWith(before) || rest === '')
    throw new Error(`bucket's path: ${JSON.stringify(key)}`);
  if (decodeURIComponent(rest) !== key) throw new Error(`another key: ${JSON.stringify(key)}`);
}

function tryToSign(
  key: string,
  { endpoint, addressing }: Place,
  syntax: 'strict' | 'raw',
): string | undefined {
  const keyRules = { syntax, slashes: 'exact' } as const;
  const place = { endpoint, addressing, region: 'eu-central-1', bucket: 'models' };
  try {
    const request = { method: 'GET', ...place, key, keyRules, expiresInSeconds: 60 } as const;
    return presign(request, keys, { nowMs }).reveal();
  } catch (error) {
    if (error instanceof ValetkeyError && error.code === 'invalid-key') return undefined;
    throw error;
  }
}
