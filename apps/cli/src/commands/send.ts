import path from 'node:path';
import { contentTypeOfName, ownerGrant, quote, ValetkeyError, type PresignedUrl } from '@valetkey/core';
import { Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { parseLifetimeOption } from '../lifetime-option.ts';
import { parseObjectUrl, type ObjectName } from '../object-url.ts';
import { printable } from '../printable.ts';
import { chooseStore, withStoreFlags, type StoreOptions } from '../store-options.ts';
import { openFileSource } from '../transfer/file-source.ts';
import { startProgress, toSize } from '../transfer/progress.ts';
import { safeFileName } from '../transfer/safe-file-name.ts';
import { sendObject, type Content, type Sent } from '../transfer/send-object.ts';
import type { Caller } from '../transfer/store-call.ts';
import { printUrl } from '../url-output.ts';

interface SendFlags extends StoreOptions {
  readonly expiresIn: string;
  readonly name?: string;
  readonly contentType?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly qr?: boolean;
}

const examples = `
A destination that ends with a slash is a folder: the object is named after the file. The link alone is on standard
output; on a terminal its QR code stands above it.

Examples:
  $ valetkey send report.pdf s3://outbox/for-ann/
  $ valetkey send video.mp4 s3://outbox/for-ann/ --expires-in 7d --config valetkey.yaml --store media
  $ tar cz photos | valetkey send - s3://outbox/for-ann/ --name photos.tgz --expires-in 24h
  $ valetkey send report.pdf s3://outbox/for-ann/report-v2.pdf --force --json | jq -r .url
`;

/** \`valetkey send\`: a file into a bucket, and a link to it. */
export function sendCommand(io: Io): Command {
  return withStoreFlags(new Command('send'))
    .summary('upload a file with your own credentials and print a link to it')
    .description(
      'Upload a file with your own credentials, in parallel parts when it is large, and print a link to it that works ' +
        'for a limited time. An object that is there is not replaced. Ctrl-C aborts the upload and leaves nothing in the bucket.',
    )
    .argument('<file>', "the file; '-' for standard input")
    .argument('<destination>', 's3://BUCKET/FOLDER/ or s3://BUCKET/KEY')
    .option('--expires-in <lifetime>', 'how long the link works: seconds, or such as 90m, 24h or 7d', '24h')
    .option('--name <name>', "what the object in the folder is called (default: the file's name)")
    .option('--content-type <type>', "the type it is stored with (default: by the name's extension)")
    .option('--force', 'replace an object that is there')
    .addOption(new Option('--json', 'print the link with its end and the object as JSON').conflicts('qr'))
    .addOption(
      new Option('--qr', 'print the QR code even when standard output is no terminal').conflicts('json'),
    )
    .addHelpText('after', examples)
    .action(async (file: string, destination: string, flags: SendFlags) => {
      const lifetimeSeconds = parseLifetimeOption(flags.expiresIn, '--expires-in');
      const object = toObject(file, destination, flags);
      await send(file, { object, lifetimeSeconds, flags, io });
    });
}

interface SendContext {
  readonly object: ObjectName;
  readonly lifetimeSeconds: number;
  readonly flags: SendFlags;
  readonly io: Io;
}

async function send(file: string, context: SendContext): Promise<void> {
  const source = file === '-' ? undefined : await openFileSource(file);
  try {
    await sendContent(
      source === undefined ? { kind: 'stream', stream: context.io.streams.input } : { kind: 'file', source },
      context,
    );
  } finally {
    await source?.close();
  }
}

async function sendContent(content: Content, context: SendContext): Promise<void> {
  const { object, lifetimeSeconds, flags, io } = context;
  const { store, credentials, sign } = await chooseStore(flags, io);
  const link = (versionId: string | undefined) =>
    sign(ownerGrant({ method: 'GET', ...object, lifetimeSeconds, versionId }, store));
  // Tried out before the bytes go: a key that cannot be signed, or keys that are not there, are told at once.
  await link(undefined);
  const caller = { store: { ...store, publicEndpoint: store.endpoint }, credentials, clock: io.clock };
  const sent = await transfer(content, context, caller);
  await print(await link(sent.versionId), sent, context);
}

async function transfer(content: Content, { object, flags, io }: SendContext, caller: Caller): Promise<Sent> {
  const name = path.posix.basename(object.key);
  const totalBytes = content.kind === 'file' ? content.source.bytes : undefined;
  const progress = startProgress(io, { label: name, totalBytes });
  try {
    return await sendObject(caller, {
      ...object,
      content,
      contentType: flags.contentType ?? contentTypeOfName(name),
      force: flags.force ?? false,
      signal: io.interrupted(),
      onSent: progress.set,
      tell: (text) => io.stderr(`valetkey: note: ${text}\n`),
    });
  } finally {
    progress.stop();
  }
}

/** Bucket and key; a folder gets the file's name, made safe. */
function toObject(file: string, destination: string, { name }: SendFlags): ObjectName {
  const isFolder = /^(?:s3:\/\/)?[^/]+(?:\/(?:.*\/)?)?$/s.test(destination);
  if (!isFolder) {
    if (name === undefined) return parseObjectUrl(destination);
    throw invalid('--name', 'a destination that ends with a slash', quote(destination));
  }
  if (name === undefined && file === '-')
    throw invalid('--name', 'a name for what comes from standard input', 'none');
  const folder = destination.endsWith('/') ? destination : `${destination}/`;
  return parseObjectUrl(`${folder}${safeFileName(name ?? path.basename(file))}`);
}

async function print(
  url: PresignedUrl,
  { bytes, versionId }: Sent,
  { object, flags, io }: SendContext,
): Promise<void> {
  if (flags.json) {
    await printUrl(url, { json: true }, io, { ...object, bytes, versionId });
    return;
  }
  const { bucket, key } = object;
  io.stderr(
    `valetkey: note: sent ${toSize(bytes)} to ${printable(`s3://${bucket}/${key}`)}; the link ends at ${url.expiresAt}\n`,
  );
  await printUrl(url, { qr: flags.qr ?? io.streams.outputIsTerminal }, io);
}

function invalid(field: string, expected: string, got: string): ValetkeyError {
  return new ValetkeyError('invalid-configuration', { field, expected, got });
}
