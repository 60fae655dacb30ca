import { loadConfiguration, readText } from '@valetkey/core/s3';
import { Command } from 'commander';
import { AnswerIsNo } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { parsePolicyTests, runPolicyTests } from '../policy/policy-tests.ts';

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
    .option('--config <file>', 'the configuration with the policies', 'valetkey.yaml')
    .addHelpText('after', help)
    .action(async (file: string, { config }: { readonly config: string }) => {
      const { policies } = await loadConfiguration(config);
      const cases = parsePolicyTests(await readText(file, { code: 'invalid-configuration' }), file);
      const outcomes = runPolicyTests(policies, cases, io.clock.now());
      for (const { name, failure } of outcomes) {
        io.stdout(failure === undefined ? `ok    ${name}\n` : `FAIL  ${name}: ${failure}\n`);
      }
      const failed = outcomes.filter(({ failure }) => failure !== undefined).length;
      io.stdout(`${outcomes.length - failed} passed, ${failed} failed\n`);
      if (failed > 0) throw new AnswerIsNo();
    });
}
