/** Access points and directory buckets: the SDK knows their hosts, and how their requests are signed. */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { HttpRequest } from '@smithy/core/protocols';
import { ValetkeyError } from '../../errors.ts';
import type { Grant } from '../../grant/grant.ts';
import type { PresignedUrl } from '../../signing/presigned-url.ts';
import type { SigningCredentials } from '../../signing/credentials.ts';
import { awsClientOptions, awsPlainPlace, type AwsTransport } from '../aws-transport.ts';
import { sdkCause } from '../sdk-cause.ts';
import { toPresignedUrl } from './to-presigned-url.ts';
import type { SpecialTerms } from './special-terms.ts';

/** With whose keys, and over what. */
export interface SdkSigning {
  readonly credentials: SigningCredentials;
  /** The keys are a session of a directory bucket, and travel as such. */
  readonly isDirectorySession: boolean;
  readonly transport: AwsTransport;
}

/**
 * No call is made: the keys are at hand, those of a directory bucket's session too.
 * @throws ValetkeyError `signing-failed`
 */
export async function presignBySdk(
  terms: SpecialTerms,
  bucket: string,
  signing: SdkSigning,
): Promise<PresignedUrl> {
  const client = toClient(terms, signing);
  try {
    const { headers } = terms.grant;
    const names = Object.keys(headers);
    const url = await getSignedUrl(client, toCommand(terms.grant, bucket), {
      expiresIn: terms.expiresInSeconds,
      signingDate: terms.signedAtMs / 1000,
      signableHeaders: new Set(['host', ...names]),
      unhoistableHeaders: new Set(names),
    });
    return toPresignedUrl(url, terms);
  } catch (error) {
    throw new ValetkeyError('signing-failed', {
      field: 'bucket',
      expected: `${bucket} to be reached in ${terms.region}`,
      got: error instanceof Error ? error.name : 'an error',
      cause: sdkCause(error),
    });
  } finally {
    client.destroy();
  }
}

/** A client for one URL: what a grant signs is put on the request, past what the SDK's commands know of. */
function toClient(
  { region, grant, query }: SpecialTerms,
  { credentials, isDirectorySession, transport }: SdkSigning,
): S3Client {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const keys = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  const session = { ...keys, sessionToken: sessionToken ?? '' };
  const client = new S3Client({
    ...awsClientOptions(transport),
    ...awsPlainPlace,
    useArnRegion: true,
    disableS3ExpressSessionAuth: false,
    region,
    credentials: keys,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(isDirectorySession
      ? { s3ExpressIdentityProvider: { getS3ExpressIdentity: () => Promise.resolve(session) } }
      : {}),
  });
  client.middlewareStack.add(
    (next) => (args) => {
      if (HttpRequest.isInstance(args.request)) {
        Object.assign(args.request.headers, grant.headers);
        // `x-id` only names the operation, for logs.
        args.request.query = { ...query };
      }
      return next(args);
    },
    { step: 'build', name: 'valetkeyGrant' },
  );
  return client;
}

function toCommand({ method, key }: Grant, bucket: string) {
  const input = { Bucket: bucket, Key: key };
  switch (method) {
    case 'GET':
      return new GetObjectCommand(input);
    case 'HEAD':
      return new HeadObjectCommand(input);
    case 'PUT':
      return new PutObjectCommand(input);
    case 'DELETE':
      return new DeleteObjectCommand(input);
  }
}
