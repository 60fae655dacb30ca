/** What may stand where on a command line, read off the commands themselves. */
import type { Argument, Command, Option } from 'commander';

/** What may stand after an option, or as an argument. */
export type Values =
  | { readonly kind: 'choices'; readonly choices: readonly string[] }
  | { readonly kind: 'files' }
  /** Names of the configuration's stores. */
  | { readonly kind: 'stores' }
  /** Nothing that could be guessed. */
  | { readonly kind: 'free' };

/** A word with what it means. */
export interface Word {
  readonly name: string;
  readonly description: string;
}

/** One flag in its spellings. */
export interface Flag {
  readonly names: readonly string[];
  readonly description: string;
  /** Absent when it takes none. */
  readonly values?: Values;
}

/** One command, and what may follow it. */
export interface CompletionNode {
  /** The words after the program's name: `policy lint`; empty for the program itself. */
  readonly path: string;
  readonly commands: readonly Word[];
  readonly flags: readonly Flag[];
  readonly arguments: readonly Values[];
}

/** The program and every command that its help shows. */
export function toCompletionTree(program: Command): readonly CompletionNode[] {
  return visit(program, []);
}

function visit(command: Command, path: readonly string[]): readonly CompletionNode[] {
  const help = command.createHelp();
  const children = help.visibleCommands(command).filter((child) => child.name() !== 'help');
  const node = {
    path: path.join(' '),
    commands: children.map((child) => ({
      name: child.name(),
      description: child.summary() || child.description(),
    })),
    flags: help.visibleOptions(command).map(toFlag),
    arguments: command.registeredArguments.map(toValues),
  };
  return [node, ...children.flatMap((child) => visit(child, [...path, child.name()]))];
}

function toFlag(option: Option): Flag {
  const { short, long, description, required, optional } = option;
  const names = [short, long].filter((name) => name !== undefined);
  return required || optional ? { names, description, values: toValues(option) } : { names, description };
}

/** By its choices, else by the name that the help gives it. */
function toValues(word: Option | Argument): Values {
  const { argChoices } = word;
  if (argChoices !== undefined) return { kind: 'choices', choices: argChoices };
  if ('flags' in word && word.long === '--store') return { kind: 'stores' };
  const name = 'flags' in word ? word.flags : word.name();
  return { kind: /file\W*$/i.test(name) ? 'files' : 'free' };
}
