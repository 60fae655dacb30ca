import path from 'node:path';
import { contentTypeOfName, quote, ValetkeyError } from '@valetkey/core';
import { Command } from 'commander';
import { collectHeader, toHeaders } from '../header-option.ts';
import type { Io } from '../io.ts';
import { digestOf } from '../transfer/content-digest.ts';
import { openFileSource, type FileSource } from '../transfer/file-source.ts';
import { startProgress } from '../transfer/progress.ts';
import { demandedHeaders } from '../transfer/signed-headers.ts';
import { upload } from '../transfer/upload.ts';
import { readUrl, urlSourceHelp, withUrlSource, type GivenUrl, type UrlSourceFlags } from '../url-source.ts';

interface PutFlags extends UrlSourceFlags {
  readonly header: readonly string[];
}

const examples = `${urlSourceHelp}
Headers that the URL demands are sent: length, type by the file's name and checksums are found out, others have to be
given. With the JSON of presign --json all are known, and a file that cannot fit is refused before anything is sent.

Examples:
  $ valetkey put photo.png < url.txt
  $ valetkey put photo.png --url-file url.txt --header 'content-type: image/png'
  $ valetkey presign s3://media/in/a.png --http-method PUT --content-type image/png --json | valetkey put a.png
`;

/** \`valetkey put\`: a file to where a URL leads. */
export function putCommand(io: Io): Command {
  return withUrlSource(new Command('put').argument('<file>', 'the file to send'))
    .summary('upload a file with a presigned URL')
    .description(
      'Upload a file with a presigned URL, with the headers that the URL demands. A refusal is explained; a file that ' +
        'changes while it is sent is refused.',
    )
    .option('--header <header>', "a header to send, as 'name: value'; may be given again", collectHeader, [])
    .addHelpText('after', examples)
    .action(async (file: string, argument: string | undefined, flags: PutFlags) => {
      const source = await openFileSource(file);
      try {
        const given = await readUrl(argument, flags, io);
        await put(file, source, { given: { ...given, url: given.url.trim() }, flags, io });
      } finally {
        await source.close();
      }
    });
}

interface PutContext {
  readonly given: GivenUrl;
  readonly flags: PutFlags;
  readonly io: Io;
}

async function put(file: string, source: FileSource, { given, flags, io }: PutContext): Promise<void> {
  const headers = await toPutHeaders(file, source, { given, flags, io });
  const progress = startProgress(io, { label: path.basename(file), totalBytes: source.bytes });
  try {
    await upload({
      sign: async () => ({ url: given.url, headers }),
      open: () => source.read(0, source.bytes),
      clock: io.clock,
      signal: io.interrupted(),
      onSent: progress.set,
      mismatchHint: 'If the URL was made for a download, use valetkey get.',
    });
  } finally {
    progress.stop();
  }
  io.stderr(`valetkey: note: sent ${source.bytes} bytes\n`);
}

/** All that has to be sent, after what cannot fit was refused. */
async function toPutHeaders(
  file: string,
  source: FileSource,
  { given, flags, io }: PutContext,
): Promise<Readonly<Record<string, string>>> {
  const { method = 'PUT' } = given;
  if (method !== 'PUT') {
    throw new ValetkeyError('method-not-allowed', {
      field: 'url',
      expected: 'a URL for PUT',
      got: quote(method),
      ...(method === 'GET' ? { hint: 'Download what it opens with valetkey get.' } : {}),
    });
  }
  const named = toHeaders(flags.header);
  for (const [name, value] of Object.entries(given.headers)) {
    const flag = named[name];
    if (flag !== undefined && flag !== value)
      throw new ValetkeyError('header-mismatch', { field: name, expected: quote(value), got: quote(flag) });
  }
  const length = String(source.bytes);
  const known = { ...given.headers, ...named };
  const demanded = known['content-length'];
  if (demanded !== undefined && demanded !== length) {
    throw new ValetkeyError('size-mismatch', {
      field: quote(file),
      expected: `${demanded} bytes`,
      got: `${length} bytes`,
    });
  }
  for (const algorithm of ['sha256', 'sha1', 'crc32'] as const) {
    await checkDigest(known[`x-amz-checksum-${algorithm}`], algorithm, source);
  }
  await checkQueryDigest(given.url, source);
  const digest = (algorithm: 'sha256' | 'sha1' | 'crc32' | 'md5') => () =>
    digestOf(source.read(0, source.bytes), algorithm);
  const headers = await demandedHeaders(given, {
    flags: named,
    own: {
      'content-length': () => length,
      'content-type': () => contentTypeOfName(path.basename(file)),
      'content-md5': digest('md5'),
      'if-none-match': () => '*',
      'x-amz-checksum-sha256': digest('sha256'),
      'x-amz-checksum-sha1': digest('sha1'),
      'x-amz-checksum-crc32': digest('crc32'),
    },
    method: 'PUT',
    nowMs: io.clock.now(),
  });
  return { ...headers, 'content-length': length };
}

/** Some signers put the checksum into the query; not seldom it is the one of an empty body. */
async function checkQueryDigest(url: string, source: FileSource): Promise<void> {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  for (const [name, value] of query) {
    const algorithm = /^x-amz-checksum-(sha256|sha1|crc32)$/i.exec(name)?.[1]?.toLowerCase();
    if (algorithm === 'sha256' || algorithm === 'sha1' || algorithm === 'crc32') {
      await checkDigest(value, algorithm, source);
    }
  }
}

async function checkDigest(
  expected: string | undefined,
  algorithm: 'sha256' | 'sha1' | 'crc32',
  source: FileSource,
): Promise<void> {
  if (expected === undefined) return;
  const got = await digestOf(source.read(0, source.bytes), algorithm);
  if (got === expected) return;
  throw new ValetkeyError('checksum-mismatch', { field: `x-amz-checksum-${algorithm}`, expected, got });
}
