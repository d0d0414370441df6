import type { Command } from 'commander'

/** What `--help` of each command shows, without what starts the program. */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  status: ['status --watch', 'status --json'],
  doctor: ['doctor'],
  queues: ['queues'],
  waiting: ['waiting list --limit 20', 'waiting show @ann', 'waiting remove 5000000001'],
  matching: ['matching pause --reason "a look at the hosts"', 'matching resume'],
  users: [
    'users find fox',
    'users show @ann',
    'users ban 5000000001 --for 7d --reason "insulted three partners"',
    'users export 5000000001 > person.json',
  ],
  rooms: [
    'rooms list --stage inviting --older-than 3m',
    'rooms show mh0ab12cd3ef1',
    'rooms close --all --host 1 --reason "the host goes"',
  ],
  mailboxes: ['mailboxes list', 'mailboxes peek host:1'],
  'dead-letters': ['dead-letters list', 'dead-letters retry --all', 'dead-letters discard 1795348800000-0'],
  reconcile: ['reconcile --dry-run', 'reconcile --no-telegram'],
  groups: ['groups list --status stock', 'groups orphans --delete'],
  hosts: [
    'hosts login --qr',
    'hosts check',
    'hosts drain 2 --wait',
    'hosts remove 2',
    'hosts rekey --old-key-env OLD_KEY',
  ],
  broadcast: [
    'broadcast create --text-file news.html --format html --gender female --seen 30d',
    'broadcast preview 7',
    'broadcast start 7 --wait',
    'broadcast cancel 7',
  ],
  migrate: ['migrate --status', 'migrate'],
  config: ['config', 'config --json'],
  completion: ['completion bash > visavis.bash'],
}

/** npm's own lines would spoil what a program reads. */
const started = (line: string): string => `npm run ${/--json|>/.test(line) ? '-s ' : ''}cli -- ${line}`

/** Has the help of each command end with its examples. */
export const addExamples = (program: Command): void => {
  for (const command of program.commands) {
    const lines = EXAMPLES[command.name()] ?? []
    command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${started(line)}\n`).join('')}`)
  }
}
