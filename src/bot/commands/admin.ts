import type { UserId } from '../../ids.js'
import type { BotApi } from '../../telegram/bot-api.js'
import type { Composer } from '../composer.js'
import type { Command } from '../people.js'
import type { Say } from '../say.js'

export interface AdminDeps {
  readonly adminIds: readonly UserId[]
  readonly say: Say
  readonly composer: Pick<Composer, 'compose'>
  readonly api: Pick<BotApi, 'editMessage'>
}

/** The panel; for everybody who is no administrator it is a command that does not exist. */
export const createAdmin =
  ({ adminIds, say }: Pick<AdminDeps, 'adminIds' | 'say'>): Command =>
  ({ user }) =>
    say(user, adminIds.includes(user) ? 'admin' : 'unknown_command')

/** *Refresh*: writes the counts of now into the panel that the button belongs to. */
export const createAdminRefresh =
  ({ adminIds, composer, api }: Omit<AdminDeps, 'say'>) =>
  async (user: UserId, messageId: number): Promise<void> => {
    if (!adminIds.includes(user)) return
    const panel = await composer.compose(user, 'admin', '{}')
    if (panel) await api.editMessage(user, messageId, panel)
  }
