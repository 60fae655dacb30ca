import { formatInstant, quote, ValetkeyError } from '@valetkey/core';
import { verify } from '@valetkey/core/explain';
import { Command } from 'commander';
import { AnswerIsNo } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { chooseStore, withStoreFlags, type StoreOptions } from '../store-options.ts';

interface VerifyFlags extends StoreOptions {
  readonly httpMethod: string;
  readonly header: readonly string[];
}

const examples = `
The URL is read from standard input unless it is given: there it does not stay in the shell's history.

Examples:
  $ valetkey presign s3://models/weights.bin | valetkey verify
  $ valetkey verify --http-method PUT --header 'content-type: image/png' 'https://…'
  $ valetkey verify --profile uploader --config valetkey.yaml 'https://…'
`;

/** \`valetkey verify\`: whether the own keys signed a URL, and it still works. */
export function verifyCommand(io: Io): Command {
  return withStoreFlags(new Command('verify'))
    .summary('check that your keys signed a URL and that it still works')
    .description(
      'Check a presigned URL with your own keys, by code that shares nothing with the signer: signature, signed headers, ' +
        'session token and time. Nothing is called. Ends with 1 when it is refused.',
    )
    .argument('[url]', 'the URL; from standard input when it is left out')
    .option('--http-method <method>', 'what the URL is used with', 'GET')
    .option('--header <header>', "a header that is sent, as 'name: value'; may be given again", collect, [])
    .addHelpText('after', examples)
    .action(async (given: string | undefined, flags: VerifyFlags) => {
      const url = (given ?? (await io.stdin())).trim();
      // Only the keys are of interest; the region stands in the URL.
      const { credentials } = await chooseStore({ ...flags, region: flags.region ?? 'us-east-1' }, io);
      const keys = await credentials();
      const request = {
        method: flags.httpMethod,
        url,
        headers: Object.fromEntries(flags.header.map(toHeader)),
      };
      const result = verify(request, (id) => (id === keys.accessKeyId ? keys : undefined), io.clock.now());
      if (!result.valid) {
        io.stdout(`refused: ${result.reason}: ${result.detail}\n`);
        throw new AnswerIsNo();
      }
      io.stdout(`valid until ${formatInstant(result.expiresAtMs)}\n`);
    });
}

function toHeader(text: string): readonly [string, string] {
  const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new ValetkeyError('invalid-configuration', {
    field: '--header',
    expected: "'name: value'",
    got: quote(text),
  });
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}
