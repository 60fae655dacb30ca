import type { CompletionNode } from './completion-tree.ts';
import { toShellCases } from './shell-case.ts';

/**
 * A script for bash 3.2 and newer; needs nothing beside it. Nothing that stands on the command line or in a
 * configuration is ever evaluated: `compgen -W` would.
 */
export function toBashCompletion(tree: readonly CompletionNode[]): string {
  return `# bash completion for valetkey, made by \`valetkey completion bash\`

${toShellCases(tree, ({ name }) => name)}

_valetkey_offer() {
  local candidate
  for candidate in "$@"; do
    if [[ $candidate == "$current"* ]]; then COMPREPLY+=("$candidate"); fi
  done
}

_valetkey() {
  # By blanks only: bash itself also breaks words at = and :
  local -a words subcommands flags choices names
  local line=\${COMP_LINE:0:COMP_POINT} at='' option='' config='' valued='' kind='' word
  local -i index position=0
  read -ra words <<< "$line"
  if [[ $line == *[[:blank:]] ]]; then words+=(''); fi
  local current=\${words[\${#words[@]} - 1]}
  COMPREPLY=()
  _valetkey_at ''
  for ((index = 1; index < \${#words[@]} - 1; index++)); do
    word=\${words[index]}
    if [[ -n $option ]]; then
      if [[ $option == --config ]]; then config=$word; fi
      option=''
    elif [[ $word == -* ]]; then
      if [[ $valued == *" $word "* ]]; then option=$word; fi
    elif [[ " \${subcommands[*]} " == *" $word "* ]]; then
      at=\${at:+$at }$word
      _valetkey_at "$at"
    else
      position+=1
    fi
  done
  if [[ -z $option && $current == --*=* ]]; then
    option=\${current%%=*}
    current=\${current#*=}
  fi
  if [[ -z $option && $current == -* ]]; then
    _valetkey_offer "\${flags[@]}"
    return
  fi
  if [[ -z $option && \${#subcommands[@]} -gt 0 ]]; then
    _valetkey_offer "\${subcommands[@]}"
    return
  fi
  _valetkey_values "$at" "\${option:-$((position + 1))}"
  case $kind in
    choices)
      _valetkey_offer "\${choices[@]}" ;;
    files)
      if ! compopt -o default 2>/dev/null; then
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$current")
      fi ;;
    stores)
      while IFS= read -r word; do names+=("$word"); done < <(valetkey completion-names \${config:+--config "$config"} 2>/dev/null)
      _valetkey_offer "\${names[@]}" ;;
  esac
}

complete -F _valetkey valetkey
`;
}
