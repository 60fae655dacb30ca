import { quote, ValetkeyError } from '@valetkey/core';
import { explain } from '@valetkey/core/explain';
import { Command, Option } from 'commander';
import { collectHeader, toHeaders } from '../header-option.ts';
import type { Io } from '../io.ts';
import { download } from '../transfer/download.ts';
import { startProgress } from '../transfer/progress.ts';
import { safeFileName } from '../transfer/safe-file-name.ts';
import { demandedHeaders } from '../transfer/signed-headers.ts';
import { openSink, streamSink, type Sink } from '../transfer/sink.ts';
import { readUrl, urlSourceHelp, withUrlSource, type GivenUrl, type UrlSourceFlags } from '../url-source.ts';

interface GetFlags extends UrlSourceFlags {
  readonly output?: string;
  readonly remoteName?: boolean;
  readonly force?: boolean;
  readonly header: readonly string[];
}

const examples = `${urlSourceHelp}
A file belongs to its owner alone (mode 0600) and has its name only when all of it is there.

Examples:
  $ valetkey get -O < url.txt
  $ valetkey get --url-file /share/weights.url -o weights.bin
  $ valetkey presign s3://models/weights.bin | valetkey get -o weights.bin --force
  $ pbpaste | valetkey get | tar xz
`;

/** \`valetkey get\`: the object behind a URL. */
export function getCommand(io: Io): Command {
  return withUrlSource(new Command('get'))
    .summary('download what a presigned URL opens')
    .description(
      'Download what a presigned URL opens. A connection that breaks goes on where it broke, as long as the object is ' +
        'the same; size and checksum are compared where the store tells them. A refusal is explained.',
    )
    .addOption(
      new Option('-o, --output <file>', "write to this file; '-' for standard output").conflicts(
        'remoteName',
      ),
    )
    .option('-O, --remote-name', 'write to a file named after the object, in the current folder')
    .option('--force', 'replace a file that is there')
    .option('--header <header>', "a header to send, as 'name: value'; may be given again", collectHeader, [])
    .addHelpText('after', examples)
    .action(async (argument: string | undefined, flags: GetFlags) => {
      const given = await readUrl(argument, flags, io);
      checkMethod(given);
      await get({ ...given, url: given.url.trim() }, flags, io);
    });
}

async function get(given: GivenUrl, flags: GetFlags, io: Io): Promise<void> {
  const { url } = given;
  const nowMs = io.clock.now();
  const headers = await demandedHeaders(given, {
    flags: toHeaders(flags.header),
    own: {},
    method: 'GET',
    nowMs,
  });
  const { key = '' } = explain(url, { nowMs });
  const name = flags.remoteName ? safeFileName(key) : flags.output;
  const sink = await openOutput(name, flags, io);
  try {
    const bytes = await download({
      url,
      headers,
      sink,
      clock: io.clock,
      signal: io.interrupted(),
      begin: (totalBytes) => startProgress(io, { label: name ?? safeFileName(key), totalBytes }),
    });
    await sink.commit();
    if (flags.remoteName) io.stderr(`valetkey: note: wrote ${bytes} bytes to ${quote(name)}\n`);
  } catch (error) {
    await sink.discard();
    throw error;
  }
}

async function openOutput(name: string | undefined, { force = false }: GetFlags, io: Io): Promise<Sink> {
  if (name !== undefined && name !== '-') return openSink(name, { force });
  if (name === undefined && io.streams.outputIsTerminal) {
    throw new ValetkeyError('invalid-configuration', {
      field: '--output',
      expected: '-o FILE, -O, or standard output that is no terminal',
      got: 'a terminal',
      hint: 'To print it all the same: -o -',
    });
  }
  return streamSink(io.streams.output);
}

function checkMethod({ method = 'GET' }: GivenUrl): void {
  if (method === 'GET') return;
  throw new ValetkeyError('method-not-allowed', {
    field: 'url',
    expected: 'a URL for GET',
    got: quote(method),
    ...(method === 'PUT' ? { hint: 'Send a file to it with valetkey put.' } : {}),
  });
}
