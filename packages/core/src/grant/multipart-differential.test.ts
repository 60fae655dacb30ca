/**
 * The calls of a multipart upload beside AWS's own presigner. The SDK adds `x-id` and `X-Amz-Content-Sha256`
 * to its URLs; they are given to our signer as ordinary query parameters, so that whole URLs can be compared.
 */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseBucket } from '../grammar/bucket.ts';
import { parseKey } from '../grammar/key.ts';
import { presignObject } from '../signing/presign-object.ts';
import type { PresignedUrl, SignedMethod } from '../signing/presigned-url.ts';
import { defineStore } from '../store/define-store.ts';
import { ownerGrant } from './owner-grant.ts';
import { presignPart } from './presign-part.ts';
import type { ServiceCall } from './service-call.ts';
import { toServiceCallTerms } from './service-call-terms.ts';

const cases = 1_500;
const store = defineStore({
  name: 's',
  profile: 's3',
  endpoint: 'https://s3.internal:9000',
  region: 'eu-central-1',
});
const bucket = parseBucket('user-media', 'bucket');
const keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const digest = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

const request = fc.record({
  operation: fc.constantFrom('create', 'part', 'list-parts', 'list-uploads', 'complete', 'abort', 'head'),
  key: fc
    .string({ unit: fc.constantFrom(..."abcXYZ019-._~ !'()*$&+,:;=@%?#é語"), minLength: 1, maxLength: 60 })
    .filter((key) => isLegal(key)),
  uploadId: fc.string({ unit: fc.constantFrom(...'abcXYZ019-._~+/='), minLength: 1, maxLength: 200 }),
  partNumber: fc.integer({ min: 1, max: 10_000 }),
  bytes: fc.integer({ min: 1, max: 5 * 2 ** 30 }),
  hasChecksum: fc.boolean(),
  isFull: fc.boolean(),
  after: fc.option(fc.integer({ min: 1, max: 10_000 }), { nil: undefined }),
  nowSeconds: fc.integer({ min: 1_400_000_000, max: 2_000_000_000 }),
  sessionToken: fc.option(fc.string({ unit: fc.constantFrom(...'abAB09+/='), minLength: 16 }), {
    nil: undefined,
  }),
});
type Asked = typeof request extends fc.Arbitrary<infer T> ? T : never;

test(
  `${cases} generated multipart calls get the URL that the AWS SDK makes`,
  { timeout: 240_000 },
  async () => {
    const compared = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(request, async (asked) => {
        const theirUrl = await theirs(asked);
        const extra = Object.fromEntries(
          [...new URL(theirUrl).searchParams].filter(
            ([name]) => name === 'x-id' || name === 'X-Amz-Content-Sha256',
          ),
        );
        expect(toComparable(ours(asked, extra).reveal())).toEqual(toComparable(theirUrl));
        compared.set(asked.operation, (compared.get(asked.operation) ?? 0) + 1);
      }),
      { numRuns: cases, seed: 20_261_125, endOnFailure: true },
    );
    expect(compared.size).toBe(7);
  },
);

test('a part is signed as the terms of its call are', () => {
  const asked = { ...anAsked, operation: 'part', hasChecksum: true } as const;
  const part = presignPart(
    grantOf(asked),
    { uploadId: 'u/1', partNumber: 2, bytes: 7, checksum: { algorithm: 'SHA256', value: digest } },
    keys,
    { store, nowMs: 0 },
  );
  expect(part.requiredHeaders).toEqual({ 'content-length': '7', 'x-amz-checksum-sha256': digest });
  expect(new URL(part.reveal()).searchParams.get('X-Amz-SignedHeaders')).toBe(
    'content-length;host;x-amz-checksum-sha256',
  );
});

const anAsked: Asked = {
  operation: 'create',
  key: 'a',
  uploadId: 'u/1',
  partNumber: 1,
  bytes: 7,
  hasChecksum: false,
  isFull: false,
  after: undefined,
  nowSeconds: 1_800_000_000,
  sessionToken: undefined,
};

function ours(asked: Asked, extra: Readonly<Record<string, string>>): PresignedUrl<SignedMethod> {
  const { method, headers, query, key } =
    asked.operation === 'part' ? partTerms(asked) : toServiceCallTerms(callOf(asked));
  return presignObject(
    {
      method,
      bucket,
      key,
      headers,
      query: { ...query, ...extra },
      endpoint: store.endpoint,
      addressing: store.addressing,
      region: store.region,
      lifetime: { askedSeconds: 300, askedBy: 'asked' },
    },
    { ...keys, sessionToken: asked.sessionToken },
    { nowMs: asked.nowSeconds * 1000 },
  );
}

/** What `presignPart` signs, read off its URL. */
function partTerms(asked: Asked) {
  const { uploadId, partNumber, bytes, hasChecksum } = asked;
  const checksum = hasChecksum ? ({ algorithm: 'SHA256', value: digest } as const) : undefined;
  const url = presignPart(grantOf(asked), { uploadId, partNumber, bytes, checksum }, keys, {
    store,
    nowMs: 0,
  });
  const query = [...new URL(url.reveal()).searchParams].filter(([name]) => !name.startsWith('X-Amz-'));
  return {
    method: url.method,
    key: asked.key,
    headers: url.requiredHeaders,
    query: Object.fromEntries(query),
  };
}

function callOf(asked: Asked): ServiceCall {
  const { key, uploadId } = asked;
  switch (asked.operation) {
    case 'create':
    case 'part':
      return {
        kind: 'create-multipart',
        grant: grantOf(asked),
        checksum: asked.hasChecksum
          ? { algorithm: 'SHA256', type: asked.isFull ? 'FULL_OBJECT' : 'COMPOSITE' }
          : undefined,
      };
    case 'list-parts':
      return {
        kind: 'list-parts',
        bucket,
        key,
        uploadId,
        after: asked.after === undefined ? undefined : String(asked.after),
      };
    case 'list-uploads':
      return { kind: 'list-uploads', bucket, prefix: key };
    case 'complete':
      return {
        kind: 'complete-multipart',
        bucket,
        key,
        uploadId,
        bytes: asked.bytes,
        onlyIfAbsent: asked.isFull,
        checksum: asked.hasChecksum ? { algorithm: 'SHA256', value: digest } : undefined,
      };
    case 'abort':
      return { kind: 'abort-multipart', bucket, key, uploadId };
    case 'head':
      return { kind: 'head', bucket, key, checksum: asked.hasChecksum };
  }
}

function grantOf({ key, bytes }: Asked) {
  const upload = {
    contentType: 'image/png',
    contentLength: bytes,
    metadata: { caption: 'x y' },
    uploadMarker: '0'.repeat(32),
    ifNoneMatch: '*',
  } as const;
  return ownerGrant({ method: 'PUT', bucket, key, lifetimeSeconds: 300, upload }, store);
}

async function theirs(asked: Asked): Promise<string> {
  const client = new S3Client({
    region: store.region,
    endpoint: store.endpoint,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    credentials: {
      ...keys,
      ...(asked.sessionToken === undefined ? {} : { sessionToken: asked.sessionToken }),
    },
  });
  const signed = new Set(Object.keys(ours(asked, {}).requiredHeaders));
  const options = {
    expiresIn: 300,
    signingDate: new Date(asked.nowSeconds * 1000),
    signableHeaders: new Set(['host', ...signed]),
    unhoistableHeaders: signed,
  };
  const object = { Bucket: bucket, Key: asked.key };
  const upload = { ...object, UploadId: asked.uploadId };
  const checksum = asked.hasChecksum ? digest : undefined;
  switch (asked.operation) {
    case 'create':
      return getSignedUrl(
        client,
        new CreateMultipartUploadCommand({
          ...object,
          ContentType: 'image/png',
          Metadata: { caption: 'x y', 'valetkey-upload': '0'.repeat(32) },
          ChecksumAlgorithm: asked.hasChecksum ? 'SHA256' : undefined,
          ChecksumType: asked.hasChecksum ? (asked.isFull ? 'FULL_OBJECT' : 'COMPOSITE') : undefined,
        }),
        options,
      );
    case 'part':
      return getSignedUrl(
        client,
        new UploadPartCommand({
          ...upload,
          PartNumber: asked.partNumber,
          ContentLength: asked.bytes,
          ChecksumSHA256: checksum,
        }),
        options,
      );
    case 'list-parts':
      return getSignedUrl(
        client,
        new ListPartsCommand({
          ...upload,
          MaxParts: 1000,
          PartNumberMarker: asked.after === undefined ? undefined : String(asked.after),
        }),
        options,
      );
    case 'list-uploads':
      return getSignedUrl(
        client,
        new ListMultipartUploadsCommand({
          Bucket: bucket,
          Prefix: asked.key,
          EncodingType: 'url',
          MaxUploads: 1000,
        }),
        options,
      );
    case 'complete':
      return getSignedUrl(
        client,
        new CompleteMultipartUploadCommand({
          ...upload,
          IfNoneMatch: asked.isFull ? '*' : undefined,
          ChecksumSHA256: checksum,
          MpuObjectSize: asked.bytes,
        }),
        options,
      );
    case 'abort':
      return getSignedUrl(client, new AbortMultipartUploadCommand(upload), options);
    case 'head':
      return getSignedUrl(
        client,
        new HeadObjectCommand({ ...object, ChecksumMode: asked.hasChecksum ? 'ENABLED' : undefined }),
        options,
      );
  }
}

/** The same URL whatever the order of its query, which the signature covers in sorted order anyway. */
function toComparable(url: string): { readonly base: string; readonly query: readonly string[] } {
  const [base = '', query = ''] = url.split('?');
  return { base, query: query.split('&').sort() };
}

function isLegal(key: string): boolean {
  try {
    parseKey(key, 'key');
    return true;
  } catch {
    return false;
  }
}
