/**
 * Core's strict key grammar as far as CEL can say it. NFC is beyond CEL: the decision checks it again
 * with core's own parser.
 */
import { z } from 'zod';
import { withRules } from './rule.ts';

const encoder = new TextEncoder();
const byteLength = (text: string): number => encoder.encode(text).byteLength;
const unprintable = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** @internal */
export const objectKeyField = () =>
  withRules(z.string().min(1).max(1024), [
    {
      cel: 'size(bytes(self)) <= 1024',
      message: 'must be at most 1024 bytes of UTF-8',
      holds: (key) => byteLength(key) <= 1024,
    },
    {
      cel: String.raw`!self.matches(r'(^|/)\.{0,2}(/|$)')`,
      message: 'must not start or end with a slash, nor hold an empty, "." or ".." segment',
      holds: (key) => key.split('/').every((segment) => !['', '.', '..'].includes(segment)),
    },
    {
      // Characters, not bytes: the API server's budget has no room to split. The decision counts bytes.
      cel: "!self.matches('[^/]{256}')",
      message: 'must have segments of at most 255 bytes of UTF-8',
      holds: (key) => key.split('/').every((segment) => byteLength(segment) <= 255),
    },
    {
      cel: String.raw`!self.contains('\\')`,
      message: 'must not hold a backslash',
      holds: (key) => !key.includes('\\'),
    },
    {
      cel: String.raw`!self.matches(r'[\x{00}-\x{1f}\x{7f}-\x{9f}\x{061c}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}\x{feff}]')`,
      message: 'must not hold control characters, text direction marks or a byte order mark',
      holds: (key) => !unprintable.test(key),
    },
  ]);
