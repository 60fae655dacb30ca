/// <reference types="node" />
import { existsSync, readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { presign } from '../signing/presign.ts';
import { explain } from './explain.ts';

/**
 * What real AWS S3 answered to presigned URLs and forms, as the LocalStack project recorded it, where it is at
 * hand: the file is named by VALETKEY_AWS_ANSWERS. Each error has to be read right.
 */
const file = process.env['VALETKEY_AWS_ANSWERS'] ?? '';
const recordings: unknown = file !== '' && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};

interface RecordedError {
  readonly name: string;
  readonly elements: Readonly<Record<string, unknown>>;
}

const errors = errorsIn('', recordings);

/** What each answer means, and a part of what has to be told of it. */
const expected: readonly (readonly [RegExp, string, RegExp])[] = [
  [/bad_headers\[s3v4.*\/without-decoded/, 'store-unsigned-headers', /HeadersNotSigned: "x-amz-date"/],
  [
    /bad_headers\[s3v4.*\/with-decoded/,
    'store-unsigned-headers',
    /"x-amz-date, x-amz-decoded-content-length"/,
  ],
  [/wrong-meta-headers.*AccessDenied/, 'store-unsigned-headers', /HeadersNotSigned: "x-amz-meta-wrong"/],
  [/expired.*AccessDenied/, 'store-expired', /expired/],
  [/post_request_expires/, 'store-expired', /form has expired/],
  [/missing_sig_param/, 'store-parameters', /missing/],
  [/missing-signature.*InvalidArgument/, 'store-bad-field', /ArgumentName: "(X-Amz-)?Signature"/],
  [/exception-missing-fields/, 'store-bad-field', /ArgumentName: "(AWSAccessKeyId|X-Amz-Algorithm)"/],
  [/no-sig-related-fields/, 'store-unsigned', /carried no signature/],
  [/tagging-error/, 'store-bad-xml', /tagging field of a form/],
  [/invalid-storage-error/, 'store-bad-storage-class', /StorageClassRequested: "FakeClass"/],
  [/invalid-content-type-error/, 'store-not-a-form', /multipart\/form-data/],
  [/length-too-big/, 'store-too-large', /ProposedSize: "12", MaxSizeAllowed: "10"/],
  [/length-too-small/, 'store-too-small', /ProposedSize: "1", MinSizeAllowed: "5"/],
  [/Policy Condition failed|policy.*AccessDenied/, 'store-form-condition', /does not keep to the policy/],
  [/InvalidPolicyDocument/, 'store-bad-form-policy', /not well-formed/],
  [/unicode-error/, 'store-bad-field', /ArgumentName: "response-cache-control"/],
  [/SignatureDoesNotMatch/, 'signature-mismatch', /another signature/],
];

describe('the recorded answers of AWS S3', () => {
  test('are complete when they are there', () => {
    expect([0, 50]).toContain(errors.length);
  });

  for (const { name, elements } of errors) {
    test(`${name} is read right`, () => {
      const [, code, says] = expected.find(([pattern]) => pattern.test(name)) ?? [];
      const [finding] = explain(urlFor(name), {
        nowMs,
        answer: { status: 403, body: toXml(elements) },
      }).findings;
      expect(finding).toMatchObject({ code, severity: 'error' });
      expect(finding?.message).toMatch(says ?? /^$/);
      expect(finding?.fix).not.toBe('');
    });
  }
});

const nowMs = Date.parse('2026-02-21T00:29:26Z');

/** A URL as the recording test used one: Signature Version 2, none for a form, else Version 4. */
function urlFor(name: string): string {
  if (name.includes('post_')) return 'https://user-media.s3.eu-central-1.amazonaws.com/';
  if (/\[s3[-\]]|sig_s3(?!v4)/.test(name)) {
    return 'https://user-media.s3.amazonaws.com/a.txt?AWSAccessKeyId=AKIA&Signature=abc%3D&Expires=1790000000';
  }
  return presign(
    {
      method: 'GET',
      endpoint: 'https://s3.eu-central-1.amazonaws.com',
      region: 'eu-central-1',
      bucket: 'user-media',
      key: 'a.txt',
      expiresInSeconds: 600,
    },
    { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'canary-secret' },
    { nowMs },
  ).reveal();
}

/** Every error in the recordings, its place and code in its name. */
function errorsIn(place: string, value: unknown): readonly RecordedError[] {
  if (typeof value !== 'object' || value === null) return [];
  const elements = Object.fromEntries(Object.entries(value));
  if (typeof elements['Code'] === 'string') {
    return [{ name: `${place} ${elements['Code']}`, elements }];
  }
  return Object.entries(elements).flatMap(([name, inner]) => errorsIn(`${place}/${name}`, inner));
}

/** The recordings hold parsed errors; this is what went over the wire. */
function toXml(elements: Readonly<Record<string, unknown>>): string {
  const escape = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  const inner = Object.entries(elements).map(
    ([name, value]) => `<${name}>${typeof value === 'string' ? escape(value) : 'null'}</${name}>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner.join('')}</Error>`;
}
