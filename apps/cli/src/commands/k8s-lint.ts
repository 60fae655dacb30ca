import { Command } from 'commander';
import { AnswerIsNo } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { lintManifests } from '../k8s/lint/lint-manifests.ts';
import { lintFixes, type LintWarning } from '../k8s/lint/warning.ts';
import { readManifests, withFilenames } from '../k8s/manifest-files.ts';
import { toTable } from '../table.ts';

interface LintFlags {
  readonly filename: readonly string[];
  readonly json?: boolean;
}

const examples = `
Examples:
  $ valetkey k8s lint -f share.yaml -f platform.yaml -f deployment.yaml
  $ kubectl kustomize overlays/prod | valetkey k8s lint -f -
  $ valetkey k8s lint -f share.yaml -f platform.yaml --json
`;

/** \`valetkey k8s lint\`: what in a set of manifests works worse than it looks. */
export function k8sLintCommand(io: Io): Command {
  return withFilenames(new Command('lint'), true)
    .summary('look through manifests for Pods that miss renewals, and Shares that nothing allows')
    .description(
      'Look through the manifests that would be applied: Pods that read the Secret of a Share by subPath or from the ' +
        'environment, where renewals do not reach them; Jobs that may outlive their URL; Shares that no policy or store ' +
        'of the files allows; objects that the API server would refuse. No cluster is called. Ends with 1 when it finds ' +
        'something.',
    )
    .option('--json', 'print the warnings as JSON')
    .addHelpText('after', examples)
    .action(async ({ filename, json }: LintFlags) => {
      const objects = await readManifests(filename, io);
      const warnings = lintManifests(objects, io.clock.now());
      io.stdout(json ? `${JSON.stringify(warnings, undefined, 2)}\n` : toText(warnings, objects.length));
      if (warnings.length > 0) throw new AnswerIsNo();
    });
}

function toText(warnings: readonly LintWarning[], count: number): string {
  if (warnings.length === 0) return `${count} objects, nothing to say\n`;
  const rows = warnings.map(({ place, object, code, message }) => [place, object, code, message]);
  const codes = new Set(warnings.map(({ code }) => code));
  return `${toTable(['place', 'object', 'warning', 'why'], rows)}
${toTable(
  ['warning', 'what to do'],
  [...codes].map((code) => [code, lintFixes[code]]),
)}`;
}
