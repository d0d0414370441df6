import type { UserId } from '../ids.js'
import type { HostRow } from '../postgres/hosts.js'

/** As what somebody belongs to the service. */
export type ProtectedAs = 'bot' | 'admin' | 'host'

/** Says who cannot be banned: the service would keep itself out. Undefined for everybody else. */
export const createProtection =
  (deps: {
    adminIds: readonly UserId[]
    /** The bot's token: its id stands in front. */
    botToken: string
    hosts: { list: () => Promise<readonly Pick<HostRow, 'user'>[]> }
  }) =>
  async (user: UserId): Promise<ProtectedAs | undefined> => {
    if (deps.botToken.startsWith(`${user}:`)) return 'bot'
    if (deps.adminIds.includes(user)) return 'admin'
    return (await deps.hosts.list()).some((host) => host.user === user) ? 'host' : undefined
  }
export type Protection = ReturnType<typeof createProtection>
