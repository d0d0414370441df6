import { Argument, type Command } from 'commander'
import type { Context } from './context.js'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

/** What may follow one chain of commands, and which words the options know that take one of a few. */
interface Place {
  readonly chain: string
  readonly words: readonly string[]
  readonly values: readonly { readonly option: string; readonly words: readonly string[] }[]
}

/** Every chain of commands: `rooms`, `rooms list`. */
const placesIn = (command: Command, chain: readonly string[] = []): Place[] => [
  {
    chain: chain.join(' '),
    words: [
      ...command.commands.map((sub) => sub.name()),
      ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
      ...command.options.flatMap(({ long }) => long ?? []),
      ...(chain.length === 0 ? [] : ['--help']),
    ],
    values: command.options.flatMap(({ long, argChoices }) =>
      long == null || argChoices === undefined ? [] : [{ option: long, words: argChoices }],
    ),
  },
  ...command.commands.flatMap((sub) => placesIn(sub, [...chain, sub.name()])),
]

const reply = (words: readonly string[]) => `COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$current"))`

/** Two levels of commands are all there are: the first two words that are no options say where one is. */
const bash = (places: readonly Place[]): string => `_visavis() {
  local chain="" word count=0 i current="\${COMP_WORDS[COMP_CWORD]}"
  for ((i = 1; i < COMP_CWORD && count < 2; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in -*) ;; *) chain="$chain\${chain:+ }$word"; count=$((count + 1)) ;; esac
  done
  case "$chain \${COMP_WORDS[COMP_CWORD - 1]}" in
${places.flatMap(({ chain, values }) => values.map(({ option, words }) => `    "${chain} ${option}") ${reply(words)}; return ;;`)).join('\n')}
  esac
  case "$chain" in
${places.map(({ chain, words }) => `    "${chain}") ${reply(words)} ;;`).join('\n')}
    *) ${reply(['--json', '--help'])} ;;
  esac
}
complete -F _visavis visavis
`

const fish = (places: readonly Place[]): string =>
  places
    .flatMap(({ chain, words, values }) => {
      const [first, second] = chain.split(' ')
      const when = !first
        ? '__fish_use_subcommand'
        : second === undefined
          ? `__fish_seen_subcommand_from ${first}`
          : `__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}`
      return [
        `complete -c visavis -f -n '${when}' -a '${words.join(' ')}'`,
        ...values.map(
          ({ option, words: known }) =>
            `complete -c visavis -x -n '${when}' -l ${option.replace('--', '')} -a '${known.join(' ')}'`,
        ),
      ]
    })
    .join('\n') + '\n'

/** `completion`: a script for the shell, made from the commands that there are. */
export const addCompletion = (program: Command, context: Context): void => {
  program
    .command('completion')
    .description('a script that completes commands and options of visavis, for your shell')
    .addArgument(new Argument('<shell>', 'for which').choices(SHELLS))
    .action((shell: Shell) => {
      const places = placesIn(program)
      const zsh = `autoload -U +X bashcompinit && bashcompinit\n${bash(places)}`
      context.terminal.out(shell === 'fish' ? fish(places) : shell === 'zsh' ? zsh : bash(places))
    })
}
