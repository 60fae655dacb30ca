import type { CompletionNode, Word } from './completion-tree.ts';
import { toShellCases } from './shell-case.ts';

/** A script for zsh: to be sourced after `compinit`, or to lie as `_valetkey` in a folder of `fpath`. */
export function toZshCompletion(tree: readonly CompletionNode[]): string {
  return `#compdef valetkey
# zsh completion for valetkey, made by \`valetkey completion zsh\`

${toShellCases(tree, toItem)}

_valetkey() {
  local at='' option='' config='' valued='' kind='' word
  local -a subcommands flags choices names
  integer index position=0
  _valetkey_at ''
  for ((index = 2; index < CURRENT; index++)); do
    word=\${words[index]}
    if [[ -n $option ]]; then
      if [[ $option == --config ]]; then config=$word; fi
      option=''
    elif [[ $word == -* ]]; then
      if [[ $valued == *" $word "* ]]; then option=$word; fi
    elif ((\${subcommands[(I)\${word}:*]})); then
      at=\${at:+$at }$word
      _valetkey_at "$at"
    else
      position+=1
    fi
  done
  word=\${words[CURRENT]}
  if [[ -z $option && $word == --*=* ]]; then
    option=\${word%%=*}
    compset -P '*='
  fi
  if [[ -z $option && $word == -* ]]; then
    _describe -o 'option' flags
    return
  fi
  if [[ -z $option && \${#subcommands} -gt 0 ]]; then
    _describe 'command' subcommands
    return
  fi
  _valetkey_values "$at" "\${option:-$((position + 1))}"
  case $kind in
    choices) compadd -a choices ;;
    files) _files ;;
    stores)
      names=(\${(f)"$(valetkey completion-names \${config:+--config} \${config:+$config} 2>/dev/null)"})
      compadd -a names ;;
  esac
}

if [[ \${funcstack[1]} == _valetkey ]]; then
  _valetkey "$@"
else
  compdef _valetkey valetkey
fi
`;
}

/** A colon parts the word from what it means. */
function toItem({ name, description }: Word): string {
  return `${name.replaceAll(':', String.raw`\:`)}:${description}`;
}
