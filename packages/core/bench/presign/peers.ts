/** Other libraries that sign, each in the way its own documentation shows for many URLs: one client, kept. */
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl, S3RequestPresigner } from '@aws-sdk/s3-request-presigner';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import aws4 from 'aws4';
import { AwsClient } from 'aws4fetch';
import { S3Client as LeanS3Client } from 'lean-s3';
import { Client as MinioClient } from 'minio';

import type { Contender } from './contender.ts';
import { bucket, endpoint, expiresInSeconds, host, keys, nextKey, region } from './question.ts';

const sdk = new S3Client({ region, credentials: keys });
const common = { region, credentials: keys, sha256: sdk.config.sha256, service: 's3', uriEscapePath: false };
const presigner = new S3RequestPresigner(common);
const signatureV4 = new SignatureV4(common);
const aws4fetch = new AwsClient({ ...keys, service: 's3', region });
const lean = new LeanS3Client({ ...keys, region, endpoint, bucket });
const minio = new MinioClient({
  endPoint: host,
  region,
  accessKey: keys.accessKeyId,
  secretKey: keys.secretAccessKey,
});
const virtualHost = `${bucket}.${host}`;

export const peers: readonly Contender[] = [
  {
    name: 'lean-s3',
    calls: 2000,
    run: () => lean.presign(nextKey(), { method: 'GET', expiresIn: expiresInSeconds }),
  },
  {
    name: 'aws4',
    calls: 1000,
    run: () => {
      const path = `/${nextKey()}?X-Amz-Expires=${expiresInSeconds}`;
      const signed = aws4.sign({ host: virtualHost, path, service: 's3', region, signQuery: true }, keys);
      return `https://${virtualHost}${signed.path ?? ''}`;
    },
  },
  {
    name: '@smithy/signature-v4',
    calls: 500,
    run: async () => toUrl(await signatureV4.presign(request(), { expiresIn: expiresInSeconds })),
  },
  {
    name: 'AWS SDK S3RequestPresigner',
    calls: 500,
    run: async () => toUrl(await presigner.presign(request(), { expiresIn: expiresInSeconds })),
  },
  { name: 'minio-js', calls: 500, run: () => minio.presignedGetObject(bucket, nextKey(), expiresInSeconds) },
  {
    name: 'aws4fetch',
    calls: 200,
    run: async () => {
      const url = `https://${virtualHost}/${nextKey()}?X-Amz-Expires=${expiresInSeconds}`;
      return (await aws4fetch.sign(url, { method: 'GET', aws: { signQuery: true } })).url;
    },
  },
  {
    name: 'AWS SDK getSignedUrl',
    calls: 100,
    run: () =>
      getSignedUrl(sdk, new GetObjectCommand({ Bucket: bucket, Key: nextKey() }), {
        expiresIn: expiresInSeconds,
      }),
  },
];

function request(): HttpRequest {
  return new HttpRequest({
    protocol: 'https:',
    hostname: virtualHost,
    method: 'GET',
    path: `/${nextKey()}`,
    headers: { host: virtualHost },
  });
}

function toUrl({
  hostname,
  path,
  query,
}: Pick<HttpRequest, 'hostname' | 'path'> & { readonly query?: object }): string {
  const pairs = Object.entries(query ?? {}).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  return `https://${hostname}${path}?${pairs.join('&')}`;
}
