import {
  compileBucketGuard,
  compileCors,
  compileLifecycle,
  compileSignerPolicy,
  toIamJson,
  ValetkeyError,
  type AwsPartition,
} from '@valetkey/core';
import { Argument, Command, Option } from 'commander';
import { findConfiguration } from '../configuration-file.ts';
import type { Io } from '../io.ts';

const kinds = ['signer', 'guard', 'cors', 'lifecycle'] as const;

interface CompileFlags {
  readonly config?: string;
  readonly bucket?: string;
  readonly origin: readonly string[];
  readonly partition: AwsPartition;
}

const examples = `
  signer     an IAM policy for the identity that signs: what the policies need, and no more
  guard      a bucket policy: no plain http, no URL older than the policies allow, Version 4 only
  cors       the CORS rules that let pages of the origins do what the policies allow
  lifecycle  the rule that removes the parts of uploads that nobody goes on with; a bucket has one list of rules,
             so add it to those there are

Examples:
  $ valetkey policy compile signer > signer.json
  $ aws iam put-user-policy --user-name signer --policy-name valetkey --policy-document file://signer.json
  $ valetkey policy compile guard --bucket user-media > guard.json
  $ aws s3api put-bucket-policy --bucket user-media --policy file://guard.json
  $ valetkey policy compile cors --bucket user-media --origin https://app.example.com > cors.json
  $ aws s3api put-bucket-cors --bucket user-media --cors-configuration file://cors.json
  $ valetkey policy compile lifecycle --bucket user-media > rules.json
  $ aws s3api put-bucket-lifecycle-configuration --bucket user-media --lifecycle-configuration file://rules.json
`;

/** \`valetkey policy compile\`: policies as what AWS understands. */
export function policyCompileCommand(io: Io): Command {
  return new Command('compile')
    .summary('print the IAM policy, bucket policy, CORS or lifecycle rules that go with policies')
    .description(
      'Print what AWS has to be told so that the policies of a configuration hold there too. Nothing is called and ' +
        'nothing is changed: look at it, then apply it yourself.',
    )
    .addArgument(new Argument('<kind>', 'what to print').choices(kinds))
    .option('--config <file>', 'the configuration; without it a valetkey.yaml here or above')
    .option('--bucket <bucket>', 'guard, cors and lifecycle: the bucket')
    .option('--origin <origin>', 'cors: an origin of pages; may be given again', collect, [])
    .addOption(
      new Option('--partition <partition>', 'which AWS')
        .choices(['aws', 'aws-cn', 'aws-us-gov'])
        .default('aws'),
    )
    .addHelpText('after', examples)
    .action(async (kind: (typeof kinds)[number], flags: CompileFlags) => {
      const { policies, stores: configured } = (await findConfiguration(flags.config, io)).configuration;
      const stores = new Map([...configured].map(([name, { store }]) => [name, store]));
      const { partition, origin: origins } = flags;
      const compile = {
        signer: () => toIamJson(compileSignerPolicy(policies, { partition, stores }), 2),
        guard: () =>
          toIamJson(compileBucketGuard(policies, { bucket: needed(flags.bucket, '--bucket'), partition }), 2),
        cors: () =>
          JSON.stringify(
            compileCors(policies, {
              bucket: needed(flags.bucket, '--bucket'),
              origins: [needed(origins[0], '--origin'), ...origins.slice(1)],
            }),
            undefined,
            2,
          ),
        lifecycle: () =>
          JSON.stringify(
            compileLifecycle(policies, { bucket: needed(flags.bucket, '--bucket') }),
            undefined,
            2,
          ),
      }[kind];
      io.stdout(`${compile()}\n`);
    });
}

function needed(value: string | undefined, flag: string): string {
  if (value !== undefined) return value;
  throw new ValetkeyError('invalid-configuration', { field: flag, expected: 'a value', got: 'none' });
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}
