import { readText } from '@valetkey/core/s3';
import { Command } from 'commander';
import { findConfiguration } from '../configuration-file.ts';
import { AnswerIsNo } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { parsePolicyTests, runPolicyTests, type TestOutcome } from '../policy/policy-tests.ts';
import { toTable } from '../table.ts';

interface TestFlags {
  readonly config?: string;
  readonly json?: boolean;
}

const help = `
A file of tests:
  tests:
    - name: ann may read her avatar
      subject: { kind: user, id: ann, claims: { aud: web } }
      action: download
      bucket: user-media
      key: avatars/ann/1.png
      expect: { allowed: true, policy: avatars }
    - name: nobody uploads more than five megabytes
      subject: { kind: user, id: ann, claims: { aud: web } }
      action: upload
      bucket: user-media
      fileName: photo.png
      contentType: image/png
      size: 6Mi
      expect: { allowed: false, code: file-too-large }

Examples:
  $ valetkey policy test policy-tests.yaml
  $ valetkey policy test policy-tests.yaml --config /etc/valetkey/valetkey.yaml
  $ valetkey policy test policy-tests.yaml --json | jq '.[] | select(.passed | not)'
`;

/** \`valetkey policy test\`: questions with the answers they should get. */
export function policyTestCommand(io: Io): Command {
  return new Command('test')
    .summary('ask policies the questions of a file and compare the answers')
    .description(
      'Ask the policies of a configuration the questions of a file, and compare the answers. Nothing is signed and ' +
        'nothing is called. Ends with 1 when an answer differs.',
    )
    .argument('<file>', 'the tests, as YAML')
    .option('--config <file>', 'the configuration; without it a valetkey.yaml here or above')
    .option('--json', 'print the outcomes as JSON')
    .addHelpText('after', help)
    .action(async (file: string, { config, json }: TestFlags) => {
      const { policies } = (await findConfiguration(config, io)).configuration;
      const cases = parsePolicyTests(await readText(file, { code: 'invalid-configuration' }), file);
      const outcomes = runPolicyTests(policies, cases, io.clock.now());
      io.stdout(json ? toJson(outcomes) : toText(outcomes));
      if (outcomes.some(({ failure }) => failure !== undefined)) throw new AnswerIsNo();
    });
}

function toText(outcomes: readonly TestOutcome[]): string {
  const failed = outcomes.filter(({ failure }) => failure !== undefined).length;
  const rows = outcomes.map(({ name, failure = '' }) => [failure === '' ? 'ok' : 'FAIL', name, failure]);
  return `${toTable(['result', 'test', 'difference'], rows)}${outcomes.length - failed} passed, ${failed} failed\n`;
}

function toJson(outcomes: readonly TestOutcome[]): string {
  const results = outcomes.map((outcome) => ({ ...outcome, passed: outcome.failure === undefined }));
  return `${JSON.stringify(results, undefined, 2)}\n`;
}
