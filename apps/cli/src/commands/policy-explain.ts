import { parseSizeBytes, quote, ValetkeyError, type Subject } from '@valetkey/core';
import { Command, Option } from 'commander';
import { findConfiguration } from '../configuration-file.ts';
import { AnswerIsNo } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { parseLifetimeOption } from '../lifetime-option.ts';
import { askPolicies, type PolicyAnswer, type PolicyQuestion } from '../policy/policy-question.ts';
import { toColumns, toTable } from '../table.ts';

const actions = ['download', 'upload', 'delete', 'list'] as const;

interface ExplainFlags {
  readonly config?: string;
  readonly store?: string;
  readonly action: (typeof actions)[number];
  readonly user?: string;
  readonly serviceAccount?: string;
  readonly claim: readonly string[];
  readonly expiresIn?: string;
  readonly size?: string;
  readonly contentType?: string;
  readonly fileName?: string;
  readonly versionId?: string;
  readonly json?: boolean;
}

const examples = `
Without --user and --service-account the question is an anonymous caller's.

Examples:
  $ valetkey policy explain s3://user-media/avatars/ann/1.png --user ann --claim aud=web
  $ valetkey policy explain s3://user-media/ --action upload --user ann --file-name me.png --size 2Mi --content-type image/png
  $ valetkey policy explain s3://user-media/avatars/ann/ --action list --user ann --json
`;

/** \`valetkey policy explain\`: what the policies answer, and why. */
export function policyExplainCommand(io: Io): Command {
  return new Command('explain')
    .summary('ask what policies answer to one request, and why')
    .description(
      'Ask what the policies of a configuration answer to one request. Prints which policy allows it and on what ' +
        'terms, or the nearest miss of each. Nothing is signed and nothing is called. Ends with 1 when it is denied.',
    )
    .argument('<object>', 's3://BUCKET/KEY; s3://BUCKET/ for an upload whose key the policy makes')
    .addOption(new Option('--action <action>', 'what is asked for').choices(actions).default('download'))
    .option('--config <file>', 'the configuration; without it a valetkey.yaml here or above')
    .option('--store <name>', 'which store of the configuration')
    .option('--user <id>', 'a user asks')
    .option('--service-account <namespace/name>', 'a Kubernetes ServiceAccount asks')
    .option('--claim <name=value>', 'a claim of the subject; may be given again', collect, [])
    .option('--expires-in <lifetime>', "the lifetime asked for (default: the policy's)")
    .option('--size <size>', 'upload: bytes of the file, or such as 2Mi')
    .option('--content-type <type>', 'upload: the type of the file')
    .option('--file-name <name>', "upload without a key: the client's name for the file")
    .option('--version-id <id>', 'download, delete: the version')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', examples)
    .action(async (object: string, flags: ExplainFlags) => {
      const { policies } = (await findConfiguration(flags.config, io)).configuration;
      const answer = askPolicies(policies, toQuestion(object, flags), io.clock.now());
      io.stdout(flags.json ? `${JSON.stringify(answer, undefined, 2)}\n` : toText(answer));
      if (!answer.allowed) throw new AnswerIsNo();
    });
}

function toQuestion(object: string, flags: ExplainFlags): PolicyQuestion {
  const [, bucket, key] = /^([^/]+)\/(.*)$/s.exec(object.replace(/^s3:\/\//, '')) ?? [];
  if (bucket === undefined || key === undefined) {
    throw new ValetkeyError('invalid-key', {
      field: 'object',
      expected: 's3://BUCKET/KEY',
      got: quote(object),
    });
  }
  const { action, store, fileName, versionId, contentType, expiresIn, size } = flags;
  return {
    subject: toSubject(flags),
    action,
    store,
    bucket,
    key: key === '' ? undefined : key,
    fileName,
    versionId,
    contentType,
    lifetimeSeconds: expiresIn === undefined ? undefined : parseLifetimeOption(expiresIn, '--expires-in'),
    size: size === undefined ? undefined : parseSizeBytes(size, '--size'),
  };
}

function toSubject({ user, serviceAccount, claim }: ExplainFlags): Subject {
  const claims = Object.fromEntries(claim.map(toClaim));
  if (user !== undefined && serviceAccount !== undefined) {
    throw new ValetkeyError('invalid-configuration', {
      field: '--user and --service-account',
      expected: 'one of them',
    });
  }
  if (user !== undefined) return { kind: 'user', id: user, claims };
  if (serviceAccount === undefined) return { kind: 'anonymous', id: 'anonymous', claims };
  const [namespace, name, ...rest] = serviceAccount.split('/');
  if (namespace && name && rest.length === 0) return { kind: 'serviceAccount', id: name, namespace, claims };
  throw new ValetkeyError('invalid-configuration', {
    field: '--service-account',
    expected: 'NAMESPACE/NAME',
    got: quote(serviceAccount),
  });
}

function toClaim(text: string): readonly [string, string] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new ValetkeyError('invalid-configuration', {
    field: '--claim',
    expected: 'NAME=VALUE',
    got: quote(text),
  });
}

function toText(answer: PolicyAnswer): string {
  if (!answer.allowed) {
    const misses = answer.denials.map(({ policy = '(none)', code, field, expected, got }) => [
      policy,
      code,
      field,
      expected,
      got,
    ]);
    return `denied; the nearest miss of each policy:\n${toTable(['policy', 'reason', 'field', 'expected', 'got'], misses)}`;
  }
  const { policy, key, lifetimeSeconds, headers } = answer;
  const terms: readonly (readonly string[])[] = [
    ['key', quote(key)],
    ...(lifetimeSeconds === undefined ? [] : [['lifetime', `${lifetimeSeconds} seconds`]]),
    ...Object.entries(headers).map(([name, value]) => ['must send', `${name}: ${value}`]),
  ];
  return `allowed by ${policy}\n${toColumns(terms.map((term) => ['', ...term]))}`;
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}
