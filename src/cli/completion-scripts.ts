import type { OptionTable } from './option-spec.js';

/** What a shell needs to know of a verb. */
export interface CompletedVerb {
  readonly name: string;
  readonly describe: string;
  readonly options: OptionTable;
}

const shown = (options: OptionTable) => Object.entries(options).filter(([, { hidden }]) => !hidden);
const flags = (options: OptionTable): string => [...shown(options).map(([name]) => `--${name}`), '--help'].join(' ');
/** Flags whose value is one of a few words. */
const choices = (options: OptionTable) =>
  shown(options).flatMap(([name, spec]) => (spec.choices ? [[name, spec.choices] as const] : []));

const singleQuoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** The words of `local` and `completion` themselves. */
const wordsOf: Readonly<Record<string, string>> = {
  local: 'up status logs down',
  completion: 'bash zsh fish',
};

/** For bash 3.2 and later. Files are completed where a value or a job is expected. */
export function bashScript(verbs: readonly CompletedVerb[]): string {
  const cases = verbs
    .map(({ name, options }) => {
      const values = choices(options).map(
        ([flag, list]) => `        --${flag}) COMPREPLY=($(compgen -W "${list.join(' ')}" -- "$cur")); return ;;`,
      );
      const words =
        wordsOf[name] === undefined
          ? []
          : [`      [[ $COMP_CWORD -eq 2 ]] && { COMPREPLY=($(compgen -W "${wordsOf[name]}" -- "$cur")); return; }`];
      return [
        `    ${name})`,
        ...(values.length === 0 ? [] : ['      case "$prev" in', ...values, '      esac']),
        ...words,
        `      flags="${flags(options)}" ;;`,
      ].join('\n');
    })
    .join('\n');
  return `# bash completion for livywire
_livywire() {
  local cur prev flags
  cur="\${COMP_WORDS[COMP_CWORD]}"
  prev="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W "${verbs.map(({ name }) => name).join(' ')} --help --version" -- "$cur"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases}
    *) return ;;
  esac
  if [[ "$cur" == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
  fi
}
complete -o default -F _livywire livywire
`;
}

const zshText = (text: string): string => text.replace(/[[\]\\:]/g, String.raw`\$&`).replaceAll("'", String.raw`'\''`);

export function zshScript(verbs: readonly CompletedVerb[]): string {
  const argument = ([name, { type, describe, choices: list, alias }]: ReturnType<typeof shown>[number]): string => {
    const names = alias === undefined ? `--${name}` : `{-${alias},--${name}}`;
    const value = type === 'boolean' ? '' : `:${name}:${list ? `(${list.join(' ')})` : '_files'}`;
    const more = type === 'list' ? "'*'" : '';
    return alias === undefined
      ? `      '${type === 'list' ? '*' : ''}${names}[${zshText(describe)}]${value}'`
      : `      ${more}${names}'[${zshText(describe)}]${value}'`;
  };
  const cases = verbs
    .map(({ name, options }) => {
      const words = wordsOf[name] === undefined ? "'*:file:_files'" : `'1:word:(${wordsOf[name]})'`;
      return [
        `    ${name})`,
        `      _arguments -s \\`,
        ...shown(options).map((one) => `${argument(one)} \\`),
        `      '--help[Show the flags]' \\`,
        `      ${words} ;;`,
      ].join('\n');
    })
    .join('\n');
  return `#compdef livywire
# zsh completion for livywire
_livywire() {
  local -a verbs
  verbs=(
${verbs.map(({ name, describe }) => `    '${name}:${zshText(describe)}'`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'verb' verbs
    return
  fi
  local verb="\${words[2]}"
  shift words
  (( CURRENT-- ))
  case "$verb" in
${cases}
  esac
}
if [ "$funcstack[1]" = "_livywire" ]; then _livywire "$@"; else compdef _livywire livywire; fi
`;
}

export function fishScript(verbs: readonly CompletedVerb[]): string {
  const lines = verbs.flatMap(({ name, describe, options }) => [
    `complete -c livywire -n __fish_use_subcommand -f -a ${name} -d ${singleQuoted(describe)}`,
    ...(wordsOf[name] === undefined
      ? []
      : [`complete -c livywire -n '__fish_seen_subcommand_from ${name}' -f -a ${singleQuoted(wordsOf[name])}`]),
    ...shown(options).map(([flag, { type, describe: text, alias, choices: list }]) =>
      [
        `complete -c livywire -n '__fish_seen_subcommand_from ${name}' -l ${flag}`,
        ...(alias === undefined ? [] : [`-s ${alias}`]),
        ...(type === 'boolean' ? [] : list ? [`-x -a ${singleQuoted(list.join(' '))}`] : ['-r']),
        `-d ${singleQuoted(text)}`,
      ].join(' '),
    ),
  ]);
  return `# fish completion for livywire\n${lines.join('\n')}\n`;
}
