/** The tree as `case` statements, which bash and zsh read alike. */
import { shellQuote } from '../shell-quote.ts';
import type { CompletionNode, Values, Word } from './completion-tree.ts';

/** How a shell wants a word and its meaning. */
export type ToItem = (word: Word) => string;

/** Two functions: what may follow a command, and what may stand after one of its options or in a place. */
export function toShellCases(tree: readonly CompletionNode[], toItem: ToItem): string {
  return `# What may follow the command $1.
_valetkey_at() {
  subcommands=() flags=() valued=' '
  case $1 in
${tree.map((node) => toCase([node.path], toFollowers(node, toItem))).join('\n')}
  esac
}

# What may stand after the option $2 of the command $1, or in its place number $2.
_valetkey_values() {
  kind=free choices=()
  case "$1 $2" in
${valueCases(tree).join('\n')}
  esac
}`;
}

function toFollowers({ commands, flags }: CompletionNode, toItem: ToItem): string {
  const words = flags.flatMap(({ names, description }) => names.map((name) => ({ name, description })));
  const valued = flags.flatMap(({ names, values }) => (values === undefined ? [] : names));
  const set = (name: string, items: readonly Word[]) =>
    `${name}=(${items.map((item) => shellQuote(toItem(item))).join(' ')})`;
  return [
    ...(commands.length === 0 ? [] : [set('subcommands', commands)]),
    set('flags', words),
    ...(valued.length === 0 ? [] : [`valued=' ${valued.join(' ')} '`]),
  ].join('\n      ');
}

/** One case for all places that take the same. */
function valueCases(tree: readonly CompletionNode[]): readonly string[] {
  const places = new Map<string, string[]>();
  const add = (place: string, values: Values) => {
    if (values.kind === 'free') return;
    const body = toAssignments(values);
    places.set(body, [...(places.get(body) ?? []), place]);
  };
  for (const { path, flags, arguments: taken } of tree) {
    for (const { names, values } of flags) {
      for (const name of names) if (values !== undefined) add(`${path} ${name}`, values);
    }
    for (const [index, values] of taken.entries()) add(`${path} ${index + 1}`, values);
  }
  return [...places].map(([body, patterns]) => toCase(patterns, body));
}

function toAssignments(values: Values): string {
  return values.kind === 'choices'
    ? `kind=choices choices=(${values.choices.map(shellQuote).join(' ')})`
    : `kind=${values.kind}`;
}

function toCase(patterns: readonly string[], body: string): string {
  return `    ${patterns.map(shellQuote).join(' | ')})\n      ${body} ;;`;
}
