import { randomBytes } from 'node:crypto';

import { parseBucket, parseKey, quote, ValetkeyError, type BucketName } from '@valetkey/core';
import { Command } from 'commander';
import { findConfiguration } from '../configuration-file.ts';
import { isHealthy, toJson, toLines, toSum } from '../doctor/report.ts';
import { runDoctor } from '../doctor/run-doctor.ts';
import { StoreClock } from '../doctor/store-clock.ts';
import { Traces } from '../doctor/traces.ts';
import { AnswerIsNo } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { chooseStore, withStoreFlags, type StoreOptions } from '../store-options.ts';

interface DoctorFlags extends StoreOptions {
  readonly prefix?: string;
  readonly origin?: string;
  readonly json?: boolean;
}

const deadlineMs = 60_000;
const usualPrefix = 'valetkey-doctor';

const examples = `
Some thirty small objects are written below a random folder, which is named first, and removed at the end, also after
Ctrl-C. Nothing else is touched: no object outside the folder, no setting of the bucket.
A row is pass, fail or skip; skip is what the store need not have, or what could not be tried.

Examples:
  $ valetkey doctor s3://user-media --region eu-central-1
  $ valetkey doctor s3://user-media/tmp --origin https://app.example.com
  $ valetkey doctor --config valetkey.yaml --store media --json
`;

/** \`valetkey doctor\`: what works between these keys and this store, and how to mend what does not. */
export function doctorCommand(io: Io): Command {
  return withStoreFlags(new Command('doctor'))
    .summary('check a store: clock, keys, address, privacy, strictness, capabilities')
    .description(
      'Try presigned URLs against the live store, and say what works, what does not and how to mend it: clock, keys, ' +
        'address, upload and download, whether the bucket is private, whether tampered and expired URLs are refused, ' +
        'checksums, conditional writes, forms, multipart, versions, slashes and CORS. Compares what it sees with the ' +
        "store's profile. Ends with 1 when something failed.",
    )
    .argument('[bucket]', 's3://BUCKET or s3://BUCKET/PREFIX; from the policies when they name only one')
    .option('--prefix <prefix>', `write below this prefix of the bucket (default: "${usualPrefix}")`)
    .option('--origin <origin>', 'also check that pages of this origin may use the bucket (CORS)')
    .option('--json', 'print the checks as JSON when all are done')
    .addHelpText('after', examples)
    .action(async (given: string | undefined, flags: DoctorFlags) => examine(given, flags, io));
}

async function examine(given: string | undefined, flags: DoctorFlags, io: Io): Promise<void> {
  const { store, credentials } = await chooseStore(flags, io);
  if (store.profile.signing === 'cloudfront') refuseDistribution(store.name);
  const { bucket, prefix } = await choosePlace(given, flags, store.name, io);
  const folder = `${prefix}${randomBytes(8).toString('hex')}/`;
  io.stderr(`valetkey: note: all is written below s3://${bucket}/${folder} and removed at the end\n`);
  const colour = isColourful(io);
  const where = { store, bucket, folder };
  const interrupted = io.interrupted();
  const examination = await runDoctor(
    {
      ...where,
      credentials,
      origin: flags.origin,
      clock: new StoreClock(io.clock),
      traces: new Traces(),
      stop: AbortSignal.any([interrupted, AbortSignal.timeout(deadlineMs)]),
    },
    (row) => (flags.json ? undefined : io.stdout(toLines(row, colour))),
  );
  io.stdout(flags.json ? toJson(examination, where) : toSum(examination));
  if (interrupted.aborted) {
    throw new ValetkeyError('interrupted', {
      expected: 'all checks',
      got: `${examination.rows.length} rows`,
    });
  }
  if (!isHealthy(examination)) throw new AnswerIsNo();
}

interface Place {
  readonly bucket: BucketName;
  /** Empty, or ends with a slash. */
  readonly prefix: string;
}

async function choosePlace(
  given: string | undefined,
  flags: DoctorFlags,
  store: string,
  io: Io,
): Promise<Place> {
  const [, named, path = ''] = /^(?:s3:\/\/)?([^/]*)\/?(.*)$/s.exec(given ?? '') ?? [];
  const bucket = given === undefined ? await onlyBucket(flags, store, io) : parseBucket(named, 'bucket');
  const prefix = (flags.prefix ?? path).replace(/\/$/, '');
  const parent = prefix === '' ? usualPrefix : parseKey(prefix, '--prefix');
  return { bucket, prefix: `${parent}/` };
}

/** The bucket that all policies of the store name. */
async function onlyBucket(flags: DoctorFlags, store: string, io: Io): Promise<BucketName> {
  // Which file it is has been told when the store was chosen.
  const quiet = { ...io, stderr: () => undefined };
  const policies = isConfigured(flags)
    ? (await findConfiguration(flags.config, quiet)).configuration.policies
    : [];
  const buckets = new Set(
    policies.filter(({ stores }) => stores.includes(store)).flatMap(({ buckets }) => buckets),
  );
  const [only, ...others] = buckets;
  if (only !== undefined && others.length === 0) return parseBucket(only, 'bucket');
  throw new ValetkeyError('invalid-bucket', {
    field: 'bucket',
    expected: 's3://BUCKET, or a configuration whose policies name one bucket of this store',
    got: buckets.size === 0 ? 'none' : [...buckets].map(quote).join(', '),
  });
}

function refuseDistribution(name: string): never {
  throw new ValetkeyError('invalid-configuration', {
    field: `stores.${name}.profile`,
    expected: 'a store that takes URLs signed with S3 keys',
    got: 'a CloudFront distribution',
    hint: "Examine the store of the distribution's bucket.",
  });
}

function isConfigured({ config, store }: DoctorFlags): boolean {
  return config !== undefined || store !== undefined;
}

function isColourful({ environment, streams }: Io): boolean {
  return streams.outputIsTerminal && (environment['NO_COLOR'] ?? '') === '';
}
