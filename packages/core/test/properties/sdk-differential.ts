/**
 * Our signer beside AWS's own on legal requests. The SDK adds `x-id` and `X-Amz-Content-Sha256` to every URL;
 * they are given to our signer as ordinary query parameters, so that whole URLs can be compared.
 */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import fc from 'fast-check';

import type { OwnerUploadTerms } from '../../src/grammar/object-terms.ts';
import { toOwnerHeaders } from '../../src/grant/owner-headers.ts';
import { toSignedQuery } from '../../src/grant/signed-terms.ts';
import { presign } from '../../src/signing/presign.ts';
import { defineStore } from '../../src/store/define-store.ts';
import { legalRequest, type LegalRequest } from './legal-request.ts';

const keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const methods = { get: 'GET', head: 'HEAD', put: 'PUT', part: 'PUT', delete: 'DELETE' } as const;
const operationIds = {
  get: 'GetObject',
  put: 'PutObject',
  part: 'UploadPart',
  delete: 'DeleteObject',
} as const;

/** What was compared. */
export interface Comparison {
  readonly compared: number;
  readonly operations: number;
  readonly hosts: number;
}

/** Compares that many URLs; throws with the smallest request whose URLs differ. */
export async function compareWithSdk(runs: number): Promise<Comparison> {
  const operations = new Set<string>();
  const hosts = new Set<string>();
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(legalRequest, async (asked) => {
      const [own, other] = [toComparable(ours(asked)), toComparable(await theirs(asked))];
      if (own !== other) throw new Error(`ours:\n${own}\nthe SDK's:\n${other}`);
      compared += 1;
      operations.add(asked.operation);
      hosts.add(new URL(own.split('\n')[0] ?? '').host);
    }),
    { numRuns: runs, seed: 20_261_123, endOnFailure: true },
  );
  return { compared, operations: operations.size, hosts: hosts.size };
}

function ours(asked: LegalRequest): string {
  const { operation, place, sessionToken } = asked;
  const { addressing, bucket, ...description } = place;
  const store = defineStore({ name: 'it', ...description });
  return presign(
    {
      method: methods[operation],
      endpoint: store.publicEndpoint,
      addressing,
      region: store.region,
      bucket,
      key: asked.key,
      expiresInSeconds: asked.expiresInSeconds,
      ...(hasVersion(asked) && asked.versionId !== undefined ? { versionId: asked.versionId } : {}),
      headers: signedHeaders(asked),
      query: {
        ...(operation === 'head' ? {} : { 'x-id': operationIds[operation] }),
        'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD',
        ...(operation === 'get' ? toSignedQuery(asked.response) : {}),
        ...(operation === 'part' ? { partNumber: String(asked.partNumber), uploadId: asked.uploadId } : {}),
      },
    },
    { ...keys, ...(sessionToken === undefined ? {} : { sessionToken }) },
    { nowMs: asked.nowSeconds * 1000 },
  ).reveal();
}

const hasVersion = ({ operation }: LegalRequest) => operation !== 'put' && operation !== 'part';

function signedHeaders(asked: LegalRequest): Readonly<Record<string, string>> {
  if (asked.operation === 'put') return toOwnerHeaders(toTerms(asked));
  const { contentLength, checksum } = asked.upload;
  return asked.operation === 'part' ? toOwnerHeaders({ contentLength, checksum }) : {};
}

function toTerms({ upload }: LegalRequest): OwnerUploadTerms {
  const { legalHold, retention, ...terms } = upload;
  const locked = terms.checksum !== undefined && (legalHold !== undefined || retention !== undefined);
  return locked ? { ...terms, objectLock: { legalHold, retention } } : terms;
}

async function theirs(asked: LegalRequest): Promise<string> {
  const client = clientOf(asked);
  const signedNames = new Set(Object.keys(signedHeaders(asked)));
  const options = {
    expiresIn: asked.expiresInSeconds,
    signingDate: new Date(asked.nowSeconds * 1000),
    signableHeaders: new Set(['host', ...signedNames]),
    unhoistableHeaders: signedNames,
  };
  const at = { Bucket: asked.place.bucket, Key: asked.key };
  const version = { ...at, VersionId: asked.versionId };
  switch (asked.operation) {
    case 'get':
      return getSignedUrl(client, new GetObjectCommand({ ...version, ...toResponse(asked) }), options);
    case 'head':
      return getSignedUrl(client, new HeadObjectCommand(version), options);
    case 'delete':
      return getSignedUrl(client, new DeleteObjectCommand(version), options);
    case 'part':
      return getSignedUrl(
        client,
        new UploadPartCommand({
          ...at,
          PartNumber: asked.partNumber,
          UploadId: asked.uploadId,
          ContentLength: asked.upload.contentLength,
          ...toChecksum(asked.upload),
        }),
        options,
      );
    case 'put':
      return getSignedUrl(client, new PutObjectCommand({ ...at, ...toInput(toTerms(asked)) }), options);
  }
}

function toResponse({ response }: LegalRequest) {
  return {
    ResponseContentType: response.contentType,
    ResponseContentDisposition: response.contentDisposition,
    ResponseCacheControl: response.cacheControl,
    ResponseContentEncoding: response.contentEncoding,
    ResponseContentLanguage: response.contentLanguage,
    ResponseExpires: response.expires === undefined ? undefined : new Date(response.expires),
  };
}

function toInput(terms: OwnerUploadTerms) {
  const { serverSideEncryption: encryption, objectLock, tagging } = terms;
  const kms = encryption === undefined || encryption.algorithm === 'AES256' ? undefined : encryption;
  const hold = objectLock?.legalHold;
  return {
    ContentType: terms.contentType,
    ContentLength: terms.contentLength,
    Metadata: terms.metadata === undefined ? undefined : { ...terms.metadata },
    IfNoneMatch: terms.ifNoneMatch,
    IfMatch: terms.ifMatch,
    ...toChecksum(terms),
    CacheControl: terms.cacheControl,
    ContentDisposition: terms.contentDisposition,
    ContentEncoding: terms.contentEncoding,
    ContentLanguage: terms.contentLanguage,
    ServerSideEncryption: encryption?.algorithm,
    SSEKMSKeyId: kms?.keyId,
    BucketKeyEnabled: kms?.bucketKeyEnabled,
    Tagging:
      tagging === undefined ? undefined : new URLSearchParams(tagging).toString().replaceAll('+', '%20'),
    ObjectLockMode: objectLock?.retention?.mode,
    ObjectLockRetainUntilDate:
      objectLock?.retention === undefined ? undefined : new Date(objectLock.retention.retainUntil),
    ObjectLockLegalHoldStatus: hold === undefined ? undefined : hold ? ('ON' as const) : ('OFF' as const),
    ExpectedBucketOwner: terms.expectedBucketOwner,
  };
}

function toChecksum({ checksum }: Pick<OwnerUploadTerms, 'checksum'>): Readonly<Record<string, string>> {
  return checksum === undefined ? {} : { [`Checksum${checksum.algorithm}`]: checksum.value };
}

const clients = new Map<string, S3Client>();

/** Making one takes longer than signing with it. */
function clientOf({ place, sessionToken }: LegalRequest): S3Client {
  const { profile: _profile, bucket: _bucket, region = '', addressing, endpoint, ...variant } = place;
  const id = JSON.stringify([region, addressing, endpoint, variant, sessionToken?.length]);
  const known = clients.get(id);
  if (known !== undefined) return known;
  const client = new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    useDualstackEndpoint: variant.useDualstackEndpoint ?? false,
    useFipsEndpoint: variant.useFipsEndpoint ?? false,
    useAccelerateEndpoint: variant.useAccelerateEndpoint ?? false,
    forcePathStyle: addressing === 'path',
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    credentials: { ...keys, ...(sessionToken === undefined ? {} : { sessionToken }) },
  });
  clients.set(id, client);
  return client;
}

/** The same URL whatever the order of its query, which the signature covers in sorted order anyway. */
function toComparable(url: string): string {
  const [base = '', query = ''] = url.split('?');
  return [base, ...query.split('&').sort()].join('\n');
}
