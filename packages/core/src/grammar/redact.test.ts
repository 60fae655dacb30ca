import { expect, test } from 'vitest';

import { redact } from './redact.ts';

test.each([
  [
    'https://h/k?X-Amz-Date=1&X-Amz-Signature=ab12&x=y',
    'https://h/k?X-Amz-Date=1&X-Amz-Signature=REDACTED&x=y',
  ],
  ['https://h/k?X-Amz-Security-Token=ab%2F#top', 'https://h/k?X-Amz-Security-Token=REDACTED#top'],
  ['X-Amz-Credential=AKIA%2F20261124', 'X-Amz-Credential=REDACTED'],
  ['x-amz-signature%3Dab12%26x', 'x-amz-signature%3DREDACTED'],
  ['u=a%3FX-Amz-Signature%3Dab', 'u=a%3FX-Amz-Signature%3DREDACTED'],
  ['u=a%253FX-Amz-Signature%253Dab', 'u=a%253FX-Amz-Signature%253DREDACTED'],
  ['u=a%25253FX-Amz-Signature%25253Dab', 'u=a%25253FX-Amz-Signature%25253DREDACTED'],
  [
    'https://d/k?Signature=ab~&Key-Pair-Id=K1&Policy=ey',
    'https://d/k?Signature=REDACTED&Key-Pair-Id=REDACTED&Policy=REDACTED',
  ],
  [
    'CloudFront-Signature=ab; CloudFront-Policy=cd',
    'CloudFront-Signature=REDACTED; CloudFront-Policy=REDACTED',
  ],
  ['?AWSAccessKeyId=AKIA&Expires=1', '?AWSAccessKeyId=REDACTED&Expires=1'],
  ['"X-Amz-Signature": "ab12", "x": 1', '"X-Amz-Signature": "REDACTED", "x": 1'],
  [String.raw`{\"x-amz-security-token\":\"ab\"}`, String.raw`{\"x-amz-security-token\":\"REDACTED\"}`],
  [
    'Authorization: AWS4-HMAC-SHA256 Credential=A, Signature=b\r\nHost: h',
    'Authorization: REDACTED\r\nHost: h',
  ],
  ['X-Amz-Signature%3A%20ab12', 'X-Amz-Signature%3A%20REDACTED'],
  ['<SignatureProvided>ab12</SignatureProvided>', '<SignatureProvided>REDACTED</SignatureProvided>'],
  ['<AWSAccessKeyId>AKIA</AWSAccessKeyId>', '<AWSAccessKeyId>REDACTED</AWSAccessKeyId>'],
  [
    '%3CSignatureProvided%3Eab12%3C/SignatureProvided%3E',
    '%3CSignatureProvided%3EREDACTED%3C/SignatureProvided%3E',
  ],
  ['%253CSignatureProvided%253Eab12%253C', '%253CSignatureProvided%253EREDACTED%253C'],
])('%j becomes %j', (text, expected) => {
  expect(redact(text)).toBe(expected);
});

test.each([
  '',
  'the signature is wrong',
  'policy: avatars',
  'https://h/k?a=b&response-content-type=c#d',
  'X-Amz-Date=20261124T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host',
  'mySignature=x',
  '<Code>SignatureDoesNotMatch</Code>',
])('%j is left alone', (text) => {
  expect(redact(text)).toBe(text);
});
