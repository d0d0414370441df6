import type { RunFile } from './data-files.js'

/** Said before the sandbox starts, so that nobody takes it for Telegram. */
export const sandboxNotice = [
  '',
  '  ┌──────────────────────────────────────────────────────────────────────┐',
  '  │  SANDBOX: no Telegram credentials are set, so a local Telegram runs  │',
  '  │  here instead. Nothing leaves this machine. For the real one set     │',
  '  │  BOT_TOKEN, API_ID and API_HASH (see .env.example).                  │',
  '  └──────────────────────────────────────────────────────────────────────┘',
  '',
].join('\n')

/** Said when everything runs. */
export function whereToLook({ sandbox, ops, redis, database }: RunFile): string {
  return [
    '',
    'Visavis runs.',
    ...(sandbox === null ? [] : [`  two people, one Telegram   ${sandbox}/`]),
    `  health                     ${ops}/readyz`,
    `  metrics                    ${ops}/metrics`,
    `  Redis                      ${withoutPassword(redis)}`,
    `  Postgres                   ${withoutPassword(database)}`,
    '  command line               npm run cli -- queues',
    'Ctrl-C stops everything.',
    '',
  ].join('\n')
}

/** A URL for the screen: as it is, without its password. */
export function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)'
  const shown = new URL(url)
  if (shown.password !== '') shown.password = '***'
  return shown.href.replace(/\/$/, '')
}
