import { InvalidArgumentError, type Command } from 'commander'
import type { Context } from './context.js'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

const shellArgument = (text: string): Shell => {
  const shell = SHELLS.find((known) => known === text)
  if (shell === undefined) throw new InvalidArgumentError(`It must be one of: ${SHELLS.join(', ')}.`)
  return shell
}

/** What may follow each chain of commands: `rooms close` → its options. */
const wordsByCommand = (command: Command, chain: readonly string[] = []): [string, string[]][] => [
  [
    chain.join(' '),
    [
      ...command.commands.map((sub) => sub.name()),
      ...command.options.flatMap(({ long }) => long ?? []),
      ...(chain.length === 0 ? [] : ['--help']),
    ],
  ],
  ...command.commands.flatMap((sub) => wordsByCommand(sub, [...chain, sub.name()])),
]

/** Two levels of commands are all there are: the first two words that are no options say where one is. */
const bash = (words: readonly [string, string[]][]): string => `_visavis() {
  local chain="" word count=0 i
  for ((i = 1; i < COMP_CWORD && count < 2; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in -*) ;; *) chain="$chain\${chain:+ }$word"; count=$((count + 1)) ;; esac
  done
  case "$chain" in
${words.map(([chain, next]) => `    "${chain}") COMPREPLY=($(compgen -W "${next.join(' ')}" -- "\${COMP_WORDS[COMP_CWORD]}")) ;;`).join('\n')}
    *) COMPREPLY=($(compgen -W "--json --help" -- "\${COMP_WORDS[COMP_CWORD]}")) ;;
  esac
}
complete -F _visavis visavis
`

const fish = (words: readonly [string, string[]][]): string =>
  words
    .map(([chain, next]) => {
      const [first, second] = chain.split(' ')
      const when = !first
        ? '__fish_use_subcommand'
        : second === undefined
          ? `__fish_seen_subcommand_from ${first}`
          : `__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}`
      return `complete -c visavis -f -n '${when}' -a '${next.join(' ')}'`
    })
    .join('\n') + '\n'

/** `completion`: a script for the shell, made from the commands that there are. */
export const addCompletion = (program: Command, context: Context): void => {
  program
    .command('completion')
    .description('a script that completes commands and options of visavis, for your shell')
    .argument('<shell>', SHELLS.join(', '), shellArgument)
    .addHelpText(
      'after',
      '\nExample:\n  visavis completion bash > ~/.local/share/bash-completion/completions/visavis\n',
    )
    .action((shell: Shell) => {
      const words = wordsByCommand(program)
      const zsh = `autoload -U +X bashcompinit && bashcompinit\n${bash(words)}`
      context.terminal.out(shell === 'fish' ? fish(words) : shell === 'zsh' ? zsh : bash(words))
    })
}
