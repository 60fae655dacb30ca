import { formatInstant, ValetkeyError } from '@valetkey/core';
import { explain, type Explanation } from '@valetkey/core/explain';
import { readText } from '@valetkey/core/s3';
import { Command } from 'commander';
import { AnswerIsNo } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { printable } from '../printable.ts';
import { toColumns } from '../table.ts';
import { readUrl, urlSourceHelp, withUrlSource, type UrlSourceFlags } from '../url-source.ts';

interface ExplainFlags extends UrlSourceFlags {
  readonly httpMethod?: string;
  readonly status?: string;
  readonly answer?: string;
  readonly json?: boolean;
}

const examples = `${urlSourceHelp}
Examples:
  $ pbpaste | valetkey explain
  $ valetkey presign s3://models/weights.bin | valetkey explain
  $ valetkey explain --url-file /share/weights.url --json
  $ valetkey presign s3://models/a.json --http-method PUT --json | valetkey explain
  $ valetkey explain --url-file url.txt --status 403 --answer answer.xml
`;

/** \`valetkey explain\`: what a URL allows, and what is wrong with it. */
export function explainCommand(io: Io): Command {
  return withUrlSource(new Command('explain'))
    .summary('say what a presigned URL allows, for how long, and what is wrong with it')
    .description(
      'Say what a presigned URL allows, for whom and for how long, what is pinned, and which known trap it holds. Given ' +
        "the store's answer to it, say what the answer means. Nothing is called; signature and token are never printed. " +
        'Ends with 1 when it finds an error.',
    )
    .option('--http-method <method>', 'what the URL is used with')
    .option('--status <status>', "the store's answer: its status (with --answer: 403 unless given)")
    .option('--answer <file>', "the store's answer: its body")
    .option('--json', 'print the facts and findings as JSON')
    .addHelpText('after', examples)
    .action(async (given: string | undefined, flags: ExplainFlags) => {
      const { url, method = flags.httpMethod } = await readUrl(given, flags, io);
      const answer = await readAnswer(flags);
      const explanation = explain(url, { nowMs: io.clock.now(), method, answer });
      io.stdout(flags.json ? `${JSON.stringify(explanation, undefined, 2)}\n` : toText(explanation));
      if (explanation.findings.some(({ severity }) => severity === 'error')) throw new AnswerIsNo();
    });
}

async function readAnswer({ answer, status: given, httpMethod }: ExplainFlags) {
  const status = given ?? '403';
  if (!/^[1-5]\d\d$/.test(status)) {
    throw new ValetkeyError('invalid-configuration', {
      field: '--status',
      expected: 'an HTTP status',
      got: JSON.stringify(status),
    });
  }
  if (answer === undefined && given === undefined) return undefined;
  if (answer === undefined) {
    throw new ValetkeyError('invalid-configuration', {
      field: '--answer',
      expected: "a file with the body of the store's answer beside --status, which alone says too little",
      got: 'none',
    });
  }
  return {
    status: Number(status),
    body: await readText(answer, { code: 'invalid-configuration' }),
    method: httpMethod,
  };
}

function toText(explanation: Explanation): string {
  const facts = toColumns(factsOf(explanation));
  const findings = explanation.findings.map(
    ({ severity, code, message, fix }) =>
      `\n${severity}: ${code}\n  ${printable(message)}\n  ${printable(fix)}\n`,
  );
  return [facts, ...findings].join('');
}

function factsOf(explanation: Explanation): readonly (readonly [string, string])[] {
  const { kind, host, bucket, key, region, credential, signedAtMs, expiresAtMs, state, remainingSeconds } =
    explanation;
  const { signedFor, signedHeaders, versionId } = explanation;
  const facts: (readonly [string, string | undefined])[] = [
    ['kind', kind],
    ['host', host],
    ['bucket', bucket],
    ['key', key],
    ['region', region],
    ['signed by', credential && `${credential.accessKeyId} (${credential.kind})`],
    ['signed at', signedAtMs === undefined ? undefined : formatInstant(signedAtMs)],
    [
      'ends at',
      expiresAtMs === undefined
        ? undefined
        : `${formatInstant(expiresAtMs)} (${state ?? ''}, ${remainingSeconds ?? 0} s left)`,
    ],
    ['method', signedFor && `${signedFor.methods.join(' or ')} (says ${signedFor.because})`],
    ['must send', signedHeaders?.filter((name) => name !== 'host').join(', ')],
    ['version', versionId ?? (kind === 'sigv4' ? 'follows the latest' : undefined)],
  ];
  return facts.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value] as const],
  );
}
