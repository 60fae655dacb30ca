import { lintPolicies, type PolicyWarning } from '@valetkey/core';
import { Command } from 'commander';
import { findConfiguration } from '../configuration-file.ts';
import { AnswerIsNo } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { toTable } from '../table.ts';

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
    .option('--config <file>', 'the configuration; without it a valetkey.yaml here or above')
    .option('--json', 'print the warnings as JSON')
    .addHelpText('after', examples)
    .action(async ({ config, json }: { readonly config?: string; readonly json?: boolean }) => {
      const { policies } = (await findConfiguration(config, io)).configuration;
      const warnings = lintPolicies(policies);
      io.stdout(json ? `${JSON.stringify(warnings, undefined, 2)}\n` : toText(warnings, policies.length));
      if (warnings.length > 0) throw new AnswerIsNo();
    });
}

function toText(warnings: readonly PolicyWarning[], count: number): string {
  if (warnings.length === 0) return `${count} policies, nothing to say\n`;
  const rows = warnings.map(({ policy = '-', field, code, message }) => [policy, field, code, message]);
  const fixes = new Map(warnings.map(({ code, fix }) => [code, fix]));
  return `${toTable(['policy', 'field', 'warning', 'why'], rows)}
${toTable(['warning', 'what to do'], [...fixes])}`;
}
