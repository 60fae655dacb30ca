import type { CompletionNode, Flag, Values, Word } from './completion-tree.ts';

/** A script for fish 3 and newer, to be sourced or to lie as `valetkey.fish` in a folder of completions. */
export function toFishCompletion(tree: readonly CompletionNode[]): string {
  const paths = tree.map(({ path }) => path).filter((path) => path !== '');
  const lines = tree.flatMap((node) => [
    ...node.commands.map((word) => toCommand(node.path, word)),
    ...node.flags.map((flag) => toOption(node.path, flag)),
    ...node.arguments.flatMap((values, index) => toArgument(node.path, index, values)),
  ]);
  return `# fish completion for valetkey, made by \`valetkey completion fish\`

# The words of the command before the cursor, then how many arguments follow them.
function __valetkey_place
    set -l at ''
    set -l position 0
    for word in (commandline -opc)[2..-1]
        set -l longer (string trim -- "$at $word")
        if contains -- $longer ${paths.map(quote).join(' ')}
            set at $longer
        else if not string match -q -- '-*' $word
            set position (math $position + 1)
        end
    end
    printf '%s\\n' $at $position
end

function __valetkey_at
    set -l place (__valetkey_place)
    test "$place[1]" = "$argv[1]"
end

function __valetkey_stores
    set -l words (commandline -opc)
    set -l index (contains -i -- --config $words)
    and set -l config --config $words[(math $index + 1)]
    valetkey completion-names $config 2>/dev/null
end

complete -c valetkey -e
complete -c valetkey -f
${lines.join('\n')}
`;
}

function toCommand(path: string, { name, description }: Word): string {
  return toLine(path, `-a ${quote(name)}`, description);
}

function toOption(path: string, { names, description, values }: Flag): string {
  const spellings = names.map((name) =>
    name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  const taken = values === undefined ? [] : [toTaken(values)];
  return toLine(path, [...spellings, ...taken].join(' '), description);
}

function toArgument(path: string, index: number, values: Values): readonly string[] {
  // Options' values count as words too, so an argument is offered wherever the command stands.
  return values.kind === 'free' || index > 0 ? [] : [toLine(path, toTaken(values), '')];
}

function toTaken(values: Values): string {
  switch (values.kind) {
    case 'choices':
      return `-x -a ${quote(values.choices.join(' '))}`;
    case 'files':
      return '-r -F';
    case 'stores':
      return "-x -a '(__valetkey_stores)'";
    case 'free':
      return '-x';
  }
}

function toLine(path: string, what: string, description: string): string {
  const meaning = description === '' ? '' : ` -d ${quote(description)}`;
  return `complete -c valetkey -n ${quote(`__valetkey_at ${quote(path)}`)} ${what}${meaning}`;
}

/** In single quotes fish obeys only the backslash. */
function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
