import { lintPolicies, type PolicyWarning } from '@valetkey/core';
import { loadConfiguration } from '@valetkey/core/s3';
import { Command } from 'commander';
import { AnswerIsNo } from '../exit-code.ts';
import type { Io } from '../io.ts';

const examples = `
Examples:
  $ valetkey policy lint
  $ valetkey policy lint --config /etc/valetkey/valetkey.yaml --json
`;

/** \`valetkey policy lint\`: what policies allow and rarely mean. */
export function policyLintCommand(io: Io): Command {
  return new Command('lint')
    .summary('look through policies for what is allowed and rarely meant')
    .description(
      'Look through the policies of a configuration for what is allowed and rarely meant: uploads without a size or a ' +
        'type, whole buckets, long lifetimes, policies that never take effect. Ends with 1 when it finds something.',
    )
    .option('--config <file>', 'the configuration with the policies', 'valetkey.yaml')
    .option('--json', 'print the warnings as JSON')
    .addHelpText('after', examples)
    .action(async ({ config, json }: { readonly config: string; readonly json?: boolean }) => {
      const { policies } = await loadConfiguration(config);
      const warnings = lintPolicies(policies);
      io.stdout(json ? `${JSON.stringify(warnings, undefined, 2)}\n` : toText(warnings, policies.length));
      if (warnings.length > 0) throw new AnswerIsNo();
    });
}

function toText(warnings: readonly PolicyWarning[], count: number): string {
  if (warnings.length === 0) return `${count} policies, nothing to say\n`;
  return warnings
    .map(({ policy, code, field, message, fix }) => {
      const where = policy === undefined ? field : `${policy} ${field}`;
      return `${where}: ${code}\n  ${message}\n  ${fix}\n`;
    })
    .join('');
}
