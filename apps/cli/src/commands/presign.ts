import { Command, Option } from 'commander';
import {
  ownerGrant,
  quote,
  ValetkeyError,
  type Method,
  type PresignedUrl,
  type ResponseTerms,
  type Store,
  type UploadTerms,
} from '@valetkey/core';
import type { Io } from '../io.ts';
import { parseLifetimeOption } from '../lifetime-option.ts';
import { parseObjectUrl } from '../object-url.ts';
import { chooseStore, withStoreFlags, type StoreOptions } from '../store-options.ts';
import { printUrl, withOutputFlags, type OutputFlags } from '../url-output.ts';

const methods = ['GET', 'HEAD', 'PUT', 'DELETE'] as const satisfies readonly Method[];

interface PresignFlags extends StoreOptions, OutputFlags {
  readonly expiresIn: string;
  readonly httpMethod: Method;
  readonly versionId?: string;
  readonly contentType?: string;
  readonly contentLength?: string;
  readonly checksumSha256?: string;
  readonly responseContentDisposition?: string;
  readonly once?: boolean;
  readonly cloudfront?: boolean;
}

const examples = `
Examples:
  $ valetkey presign s3://models/vision/v3/weights.bin
  $ valetkey presign s3://models/vision/v3/weights.bin --expires-in 3600
  $ valetkey presign s3://models/out/report.json --http-method PUT --content-type application/json
  $ valetkey presign s3://models/weights.bin --endpoint-url https://s3.internal:9000 --region us-east-1
  $ valetkey presign s3://models/weights.bin --config valetkey.yaml --store media --expires-in 7d
  $ valetkey presign s3://models/weights.bin --response-content-disposition 'attachment; filename="w.bin"'
  $ valetkey presign s3://models/out/report.json --http-method PUT --curl
  $ valetkey presign s3://inbox/from-ann/report.pdf --http-method PUT --once --content-length 48213 --expires-in 15m
  $ valetkey presign s3://media/film.mp4 --cloudfront --expires-in 12h
  $ valetkey presign s3://models/weights.bin --qr
  $ valetkey presign s3://models/weights.bin --json | jq -r .expiresAt
  $ curl --fail --output weights.bin "$(valetkey presign s3://models/weights.bin)"
`;

/** \`valetkey presign\`: the AWS CLI's form, plus the method. */
export function presignCommand(io: Io): Command {
  return withOutputFlags(withStoreFlags(new Command('presign')))
    .summary('print a presigned URL for one object')
    .description(
      'Print a presigned URL for one object, and nothing else, on standard output. The URL works for one method and ' +
        'for a limited time, at most 7 days and never longer than the credentials that sign it. No call is made to the store.',
    )
    .argument('<object>', 's3://BUCKET/KEY, or BUCKET/KEY')
    .option('--expires-in <lifetime>', 'seconds, or a duration such as 90m, 1h30m or 7d', '3600')
    .addOption(
      new Option('--http-method <method>', 'what the URL is for')
        .choices(methods)
        .default('GET')
        .argParser(toMethod),
    )
    .option('--version-id <id>', 'pin a version; without it the URL serves whatever is current')
    .option('--content-type <type>', 'PUT: the type that must be sent')
    .option('--content-length <bytes>', 'PUT: the exact size that must be sent')
    .option('--checksum-sha256 <base64>', 'PUT: the SHA-256 that the store verifies on arrival')
    .option(
      '--response-content-disposition <value>',
      'GET: how a browser treats the object, such as attachment; filename="a.bin"',
    )
    .option(
      '--once',
      'PUT: works for one upload only: once there is an object the store refuses (If-None-Match: *), until somebody deletes it',
    )
    .option(
      '--cloudfront',
      'GET, HEAD: sign for the CloudFront distribution that valetkey.yaml has in front of the bucket',
    )
    .addHelpText('after', examples)
    .action(async (object: string, flags: PresignFlags) => {
      await printUrl(await presignObject(object, flags, io), flags, io);
    });
}

async function presignObject(object: string, flags: PresignFlags, io: Io): Promise<PresignedUrl> {
  const name = parseObjectUrl(object);
  const lifetimeSeconds = parseLifetimeOption(flags.expiresIn, '--expires-in');
  checkFlags(flags);
  const need = flags.cloudfront ? { cloudfrontBucket: name.bucket } : {};
  const { store, sign } = await chooseStore(flags, io, need);
  if (flags.once && !store.profile.conditionalWrites) throw notOnce(store);
  const grant = ownerGrant(
    {
      method: flags.httpMethod,
      ...name,
      lifetimeSeconds,
      versionId: flags.versionId,
      upload: toUpload(flags),
      response: toResponse(flags),
    },
    store,
  );
  return sign(grant);
}

/** Which methods a flag is for. */
const flagMethods = {
  versionId: ['GET', 'HEAD', 'DELETE'],
  contentType: ['PUT'],
  contentLength: ['PUT'],
  checksumSha256: ['PUT'],
  once: ['PUT'],
  responseContentDisposition: ['GET', 'HEAD'],
  cloudfront: ['GET', 'HEAD'],
} as const satisfies Partial<Record<keyof PresignFlags, readonly Method[]>>;

/** A flag that the method has no use for is an error: its writer expects something else of the URL. */
function checkFlags(flags: PresignFlags): void {
  const given: Readonly<Record<string, unknown>> = { ...flags };
  for (const [name, allowed] of Object.entries(flagMethods)) {
    if (given[name] === undefined || allowed.some((method) => method === flags.httpMethod)) continue;
    throw new ValetkeyError('method-not-allowed', {
      field: `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      expected: `--http-method ${allowed.join(' or ')}`,
      got: flags.httpMethod,
    });
  }
}

function notOnce({ profile }: Store): ValetkeyError {
  return new ValetkeyError('invalid-configuration', {
    field: '--once',
    expected: 'a store that refuses to replace an object when it is told to',
    got: `the profile ${profile.name}, which does not promise it`,
    hint: 'Name a store of valetkey.yaml with a profile that does.',
  });
}

function toUpload({ contentType, contentLength, checksumSha256, once }: PresignFlags): UploadTerms {
  return {
    contentType,
    contentLength: contentLength === undefined ? undefined : toBytes(contentLength),
    checksum: checksumSha256 === undefined ? undefined : { algorithm: 'SHA256', value: checksumSha256 },
    ifNoneMatch: once ? '*' : undefined,
  };
}

function toResponse({ responseContentDisposition: contentDisposition }: PresignFlags): ResponseTerms {
  return contentDisposition === undefined ? {} : { contentDisposition };
}

function toBytes(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new ValetkeyError('size-not-bounded', {
    field: '--content-length',
    expected: 'a whole number of bytes',
    got: quote(text),
  });
}

function toMethod(text: string): Method {
  const method = methods.find((known) => known === text.toUpperCase());
  if (method !== undefined) return method;
  throw new ValetkeyError('method-not-allowed', {
    field: '--http-method',
    expected: methods.join(', '),
    got: JSON.stringify(text.slice(0, 20)),
  });
}
