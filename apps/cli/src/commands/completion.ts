import { Argument, Command } from 'commander';
import { toBashCompletion } from '../completion/bash-completion.ts';
import { toCompletionTree, type CompletionNode } from '../completion/completion-tree.ts';
import { toFishCompletion } from '../completion/fish-completion.ts';
import { toZshCompletion } from '../completion/zsh-completion.ts';
import { findConfiguration } from '../configuration-file.ts';
import type { Io } from '../io.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
const scripts: Readonly<Record<(typeof shells)[number], (tree: readonly CompletionNode[]) => string>> = {
  bash: toBashCompletion,
  zsh: toZshCompletion,
  fish: toFishCompletion,
};

const examples = `
Examples:
  $ echo 'source <(valetkey completion bash)' >> ~/.bashrc
  $ echo 'source <(valetkey completion zsh)' >> ~/.zshrc
  $ valetkey completion fish > ~/.config/fish/completions/valetkey.fish
`;

/** \`valetkey completion\`: a script that lets a shell complete commands, options and their values. */
export function completionCommand(io: Io): Command {
  return new Command('completion')
    .summary('print a script that completes command lines')
    .description(
      'Print a script that lets a shell complete commands, options, their choices, files, and the stores of a ' +
        'configuration. It starts valetkey for the names of stores only.',
    )
    .addArgument(new Argument('<shell>', 'whose script').choices(shells))
    .addHelpText('after', examples)
    .action((shell: (typeof shells)[number], _flags: unknown, command: Command) => {
      io.stdout(scripts[shell](toCompletionTree(command.parent ?? command)));
    });
}

/** What the scripts ask for: names of stores that need no quotes in a shell, one a line. Not shown in the help. */
export function completionNamesCommand(io: Io): Command {
  return new Command('completion-names')
    .option('--config <file>', 'the configuration')
    .action(async ({ config }: { readonly config?: string }) => {
      const { configuration } = await findConfiguration(config, io);
      const names = [...configuration.stores.keys()].filter((name) => /^[\w.-]+$/.test(name));
      io.stdout(names.map((name) => `${name}\n`).join(''));
    });
}
