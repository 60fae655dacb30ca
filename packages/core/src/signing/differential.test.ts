/**
 * Our signer beside AWS's own on generated legal requests. The SDK adds `x-id` and `X-Amz-Content-Sha256` to
 * every URL; they are given to our signer as ordinary query parameters, so that whole URLs can be compared.
 */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseKey } from '../grammar/key.ts';
import type { Method } from '../grammar/method.ts';
import { presign } from './presign.ts';

const cases = 5_200;

const keyCharacter = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...'abcXYZ019-._~ !\'()*$&+,:;=@%?#[]{}^`|<>"') },
  { weight: 2, arbitrary: fc.constantFrom('é', 'ß', '語', '🗝', 'ا', 'ñ') },
);
const segment = fc.string({ unit: keyCharacter, minLength: 1, maxLength: 24 });
const key = fc
  .array(segment, { minLength: 1, maxLength: 5 })
  .map((segments) => segments.join('/'))
  .filter(isLegal);
const token = fc.string({ unit: fc.constantFrom(...'abcdefABCDEF0189+/='), minLength: 16, maxLength: 900 });
const headerText = fc
  .string({ unit: fc.constantFrom(...'abc XYZ-_.;=/\'"()'), minLength: 1, maxLength: 30 })
  .map((text) => text.trim().replaceAll(/\s+/g, ' '))
  .filter((text) => text !== '');
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const request = fc.record({
  method: fc.constantFrom<Method>('GET', 'HEAD', 'PUT', 'DELETE'),
  bucket: fc.constantFrom('models', 'user-media', 'a.dotted.bucket', 'abc'),
  key,
  region: fc.constantFrom('us-east-1', 'eu-central-1', 'ap-southeast-2'),
  endpoint: fc.constantFrom(
    'https://s3.internal:9000',
    'http://127.0.0.1:8333',
    'https://storage.example.com',
  ),
  expiresInSeconds: fc.integer({ min: 1, max: 604_800 }),
  nowSeconds: fc.integer({ min: 1_400_000_000, max: 2_000_000_000 }),
  sessionToken: optional(token),
  versionId: optional(
    fc.constantFrom('null', '3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY+MTRCxf3vjVBH40Nr8X8gdRQBpUMLUo'),
  ),
  responseType: optional(headerText),
  disposition: optional(headerText),
  contentType: optional(fc.constantFrom('image/png', 'text/plain; charset=utf-8')),
  contentLength: optional(fc.integer({ min: 0, max: 2 ** 40 })),
  meta: optional(headerText),
  ifNoneMatch: optional(fc.constant('*' as const)),
  checksum: optional(fc.constant('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=')),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

test(`${cases} generated requests get the URL that the AWS SDK makes`, { timeout: 240_000 }, async () => {
  let compared = 0;
  const methods = new Set<Method>();
  await fc.assert(
    fc.asyncProperty(request, async (asked) => {
      expect(toComparable(ours(asked))).toEqual(toComparable(await theirs(asked)));
      compared += 1;
      methods.add(asked.method);
    }),
    { numRuns: cases, seed: 20_261_123, endOnFailure: true },
  );
  expect({ compared, methods: methods.size }).toEqual({ compared: cases, methods: 4 });
});

const keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

function ours(asked: Request): string {
  const read = asked.method === 'GET';
  return presign(
    {
      method: asked.method,
      endpoint: asked.endpoint,
      addressing: 'path',
      region: asked.region,
      bucket: asked.bucket,
      key: asked.key,
      expiresInSeconds: asked.expiresInSeconds,
      ...(asked.versionId === undefined || asked.method === 'PUT' ? {} : { versionId: asked.versionId }),
      headers: asked.method === 'PUT' ? putHeaders(asked) : {},
      query: {
        ...(asked.method === 'HEAD' ? {} : { 'x-id': operations[asked.method] }),
        'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD',
        ...(read && asked.responseType !== undefined ? { 'response-content-type': asked.responseType } : {}),
        ...(read && asked.disposition !== undefined
          ? { 'response-content-disposition': asked.disposition }
          : {}),
      },
    },
    { ...keys, ...(asked.sessionToken === undefined ? {} : { sessionToken: asked.sessionToken }) },
    { nowMs: asked.nowSeconds * 1000 },
  ).reveal();
}

const operations = { GET: 'GetObject', PUT: 'PutObject', DELETE: 'DeleteObject' } as const;

function putHeaders(asked: Request): Readonly<Record<string, string>> {
  const headers = {
    'content-type': asked.contentType,
    'content-length': asked.contentLength === undefined ? undefined : String(asked.contentLength),
    'x-amz-meta-caption': asked.meta,
    'if-none-match': asked.ifNoneMatch,
    'x-amz-checksum-sha256': asked.checksum,
  };
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

async function theirs(asked: Request): Promise<string> {
  const client = new S3Client({
    region: asked.region,
    endpoint: asked.endpoint,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    credentials: {
      ...keys,
      ...(asked.sessionToken === undefined ? {} : { sessionToken: asked.sessionToken }),
    },
  });
  const signedNames = new Set(Object.keys(putHeaders(asked)));
  const options = {
    expiresIn: asked.expiresInSeconds,
    signingDate: new Date(asked.nowSeconds * 1000),
    signableHeaders: new Set(['host', ...signedNames]),
    unhoistableHeaders: signedNames,
  };
  const object = { Bucket: asked.bucket, Key: asked.key, VersionId: asked.versionId };
  switch (asked.method) {
    case 'GET':
      return getSignedUrl(
        client,
        new GetObjectCommand({
          ...object,
          ResponseContentType: asked.responseType,
          ResponseContentDisposition: asked.disposition,
        }),
        options,
      );
    case 'HEAD':
      return getSignedUrl(client, new HeadObjectCommand(object), options);
    case 'DELETE':
      return getSignedUrl(client, new DeleteObjectCommand(object), options);
    case 'PUT':
      return getSignedUrl(
        client,
        new PutObjectCommand({
          Bucket: asked.bucket,
          Key: asked.key,
          ContentType: asked.contentType,
          ContentLength: asked.contentLength,
          Metadata: asked.meta === undefined ? undefined : { caption: asked.meta },
          IfNoneMatch: asked.ifNoneMatch,
          ChecksumSHA256: asked.checksum,
        }),
        options,
      );
  }
}

/** The same URL whatever the order of its query, which the signature covers in sorted order anyway. */
function toComparable(url: string): { readonly base: string; readonly query: readonly string[] } {
  const [base = '', query = ''] = url.split('?');
  return { base, query: query.split('&').sort() };
}

function isLegal(candidate: string): boolean {
  try {
    parseKey(candidate, 'key');
    return true;
  } catch {
    return false;
  }
}
