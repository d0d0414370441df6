import { Argument, type Command, type Option } from 'commander'
import type { Context } from './context.js'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

/** An option that is followed by a value: one of a few words, a file, or what nobody can guess. */
interface Valued {
  readonly option: string
  readonly words: readonly string[]
  readonly isFile: boolean
}

/** What may follow one chain of commands. */
interface Place {
  readonly chain: string
  readonly words: readonly string[]
  readonly values: readonly Valued[]
}

const valued = ({ long, required, argChoices = [], flags }: Option): Valued[] =>
  long == null || !required ? [] : [{ option: long, words: argChoices, isFile: flags.includes('<file>') }]

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
    values: command.options.flatMap(valued),
  },
  ...command.commands.flatMap((sub) => placesIn(sub, [...chain, sub.name()])),
]

const chainsIn = (places: readonly Place[]): string[] => places.flatMap(({ chain }) => (chain === '' ? [] : [chain]))

const reply = (words: readonly string[]) => `COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$current"))`

const valueReply = ({ words, isFile }: Valued): string =>
  isFile ? 'COMPREPLY=($(compgen -f -- "$current"))' : words.length === 0 ? ':' : reply(words)

/**
 * A word belongs to the chain of commands where that goes on with it; options and their values do not. Bash takes
 * `--stage=open` for three words. The options of the program itself may stand anywhere.
 */
const bash = (places: readonly Place[]): string => `_visavis() {
  local chain="" longer i current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  for ((i = 1; i < COMP_CWORD; i++)); do
    longer="$chain\${chain:+ }\${COMP_WORDS[i]}"
    case "$longer" in
      ${chainsIn(places)
        .map((chain) => `"${chain}"`)
        .join('|')}) chain="$longer" ;;
    esac
  done
  if [ "$current" = "=" ]; then current=""; elif [ "$previous" = "=" ]; then previous="\${COMP_WORDS[COMP_CWORD - 2]}"; fi
  COMPREPLY=()
  case "$chain $previous" in
${places
  .flatMap(({ chain, values }) =>
    values.map(
      (value) => `    ${chain === '' ? '*' : `"${chain}"`}" ${value.option}") ${valueReply(value)}; return ;;`,
    ),
  )
  .join('\n')}
  esac
  case "$chain" in
${places.map(({ chain, words }) => `    "${chain}") ${reply(words)} ;;`).join('\n')}
  esac
}
complete -F _visavis visavis
`

/** Zsh reads the script for bash, once its own completion runs. */
const zsh = (places: readonly Place[]): string => `(( $+functions[compdef] )) || { autoload -U compinit && compinit; }
autoload -U +X bashcompinit && bashcompinit
${bash(places)}`

const fish = (places: readonly Place[]): string => `set -g __visavis_chains ${chainsIn(places)
  .map((chain) => `'${chain}'`)
  .join(' ')}
function __visavis_at
  set -l chain
  for word in (commandline -opc)[2..-1]
    contains -- (string join ' ' -- $chain $word) $__visavis_chains; and set chain $chain $word
  end
  test "$chain" = "$argv"
end
${places
  .flatMap(({ chain, words, values }) => [
    `complete -c visavis -f -n '__visavis_at ${chain}' -a '${words.join(' ')}'`,
    ...values.map(({ option, words: known, isFile }) => {
      const where = chain === '' ? '' : ` -n '__visavis_at ${chain}'`
      const what = isFile ? '-r -F' : known.length === 0 ? '-x' : `-x -a '${known.join(' ')}'`
      return `complete -c visavis${where} -l ${option.replace('--', '')} ${what}`
    }),
  ])
  .join('\n')}
`

const SCRIPTS: Readonly<Record<Shell, (places: readonly Place[]) => string>> = { bash, zsh, fish }

/** `completion`: a script for the shell, made from the commands that there are. */
export const addCompletion = (program: Command, context: Context): void => {
  program
    .command('completion')
    .description('a script that completes commands and options of visavis, for your shell')
    .addArgument(new Argument('<shell>', 'for which').choices(SHELLS))
    .action((shell: Shell) => context.terminal.out(SCRIPTS[shell](placesIn(program))))
}
