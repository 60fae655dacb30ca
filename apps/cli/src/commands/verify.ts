import { formatInstant } from '@valetkey/core';
import { explain, verify, type Verification } from '@valetkey/core/explain';
import { Command } from 'commander';
import { AnswerIsNo } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { collectHeader, toHeaders } from '../header-option.ts';
import { printable } from '../printable.ts';
import { chooseStore, withStoreFlags, type StoreOptions } from '../store-options.ts';
import { readUrl, urlSourceHelp, withUrlSource, type UrlSourceFlags } from '../url-source.ts';

interface VerifyFlags extends StoreOptions, UrlSourceFlags {
  readonly httpMethod?: string;
  readonly header: readonly string[];
  readonly json?: boolean;
}

const examples = `${urlSourceHelp}
Examples:
  $ valetkey presign s3://models/weights.bin | valetkey verify
  $ valetkey verify --url-file url.txt --http-method PUT --header 'content-type: image/png'
  $ valetkey verify --profile uploader --json < url.txt
`;

/** \`valetkey verify\`: whether the own keys signed a URL, and it still works. */
export function verifyCommand(io: Io): Command {
  return withUrlSource(withStoreFlags(new Command('verify')))
    .summary('check that your keys signed a URL and that it still works')
    .description(
      'Check a presigned URL with your own keys, by code that shares nothing with the signer: signature, signed headers, ' +
        'session token and time. Nothing is called. Ends with 1 when it is refused.',
    )
    .option('--http-method <method>', 'what the URL is used with (default: GET)')
    .option(
      '--header <header>',
      "a header that is sent, as 'name: value'; may be given again",
      collectHeader,
      [],
    )
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', examples)
    .action(async (given: string | undefined, flags: VerifyFlags) => {
      const { url, method = flags.httpMethod ?? 'GET', headers } = await readUrl(given, flags, io);
      // Only the keys are of interest; the region stands in the URL.
      const { credentials } = await chooseStore({ ...flags, region: flags.region ?? 'us-east-1' }, io);
      const keys = await credentials();
      const request = {
        method,
        url: url.trim(),
        headers: { ...headers, ...toHeaders(flags.header) },
      };
      const nowMs = io.clock.now();
      const result = verify(request, (id) => (id === keys.accessKeyId ? keys : undefined), nowMs);
      io.stdout(flags.json ? toJson(result) : toText(result));
      if (result.valid) return;
      if (result.reason === 'header-missing') tellOtherMethod(request, nowMs, io);
      throw new AnswerIsNo();
    });
}

/** A header is missing, because the URL is for another method than the one that nobody chose. */
function tellOtherMethod({ url, method }: { url: string; method: string }, nowMs: number, io: Io): void {
  const other = explain(url, { nowMs, method }).findings.find(({ code }) => code === 'other-method');
  if (other !== undefined)
    io.stderr(`valetkey: note: ${other.message} Name its method with --http-method.\n`);
}

function toText(result: Verification): string {
  return result.valid
    ? `valid until ${formatInstant(result.expiresAtMs)}\n`
    : `refused: ${result.reason}: ${printable(result.detail)}\n`;
}

function toJson(result: Verification): string {
  const answer = result.valid
    ? { valid: true, expiresAt: formatInstant(result.expiresAtMs) }
    : { valid: false, reason: result.reason, detail: result.detail, signedFor: result.signedFor };
  return `${JSON.stringify(answer, undefined, 2)}\n`;
}
