import type { Message } from 'telegraf/types'
import type { UserId } from '../../ids.js'
import type { AuditTable } from '../../postgres/audit.js'
import type { BansTable } from '../../postgres/bans.js'
import type { UsersTable } from '../../postgres/users.js'
import type { Departure } from '../../redis/departure.js'
import type { MatchingPause } from '../../redis/matching-pause.js'
import type { PanelStore } from '../../redis/panel.js'
import type { Rooms } from '../../redis/rooms.js'
import type { WaitingSet } from '../../redis/waiting-set.js'
import type { BotApi } from '../../telegram/bot-api.js'
import type { NoticeSources } from '../notices/notice.js'
import type { Asked, Command } from '../people.js'
import { textsFor } from '../texts/index.js'
import { pageOf, personOf, type PanelAction, type PanelDeed, type PanelView } from './actions.js'
import { createBroadcastDeeds, type BroadcastDeps } from './broadcast-deeds.js'
import { PAGE } from './pages.js'
import { idIn, meantBy, reasonIn } from './people-input.js'

export interface PanelDeps extends BroadcastDeps {
  readonly adminIds: readonly UserId[]
  readonly store: PanelStore<PanelAction>
  readonly rooms: Pick<Rooms, 'get' | 'close'>
  readonly waitingSet: Pick<WaitingSet, 'liftBan' | 'now'>
  readonly matchingPause: MatchingPause
  readonly departure: Departure
  readonly protectedAs: NoticeSources['protectedAs']
  readonly bans: Pick<BansTable, 'ban' | 'unban'>
  readonly users: Pick<UsersTable, 'find'>
  readonly audit: Pick<AuditTable, 'add'>
  readonly api: Pick<BotApi, 'editMessage' | 'sendMessage'>
}

/** Pages that wait to be told something. */
const ASKING: readonly string[] = [
  'find',
  'ban_reason',
  'new_broadcast',
  'broadcast_button',
] satisfies PanelView['show'][]

/**
 * The administrator's panel. Whether somebody is an administrator is looked up at every press; what a press does stands
 * on the server, and every deed in the audit table.
 */
export const createPanel = (deps: PanelDeps) => {
  const { adminIds, store, rooms, waitingSet, matchingPause, departure, bans, users, audit, say } = deps
  const { composer, api, protectedAs } = deps
  const broadcasts = createBroadcastDeeds(deps)
  const isAdmin = (user: UserId) => adminIds.includes(user)

  const writerOf = (admin: UserId) => (action: string, subject?: string, details?: object) =>
    audit.add({ actor: admin, action, ...(subject === undefined ? {} : { subject }), ...(details && { details }) })

  /** Does it and says which page follows. What must be known before it is done, is written before. */
  const carryOut = async (admin: UserId, deed: PanelDeed): Promise<PanelView> => {
    const write = writerOf(admin)
    switch (deed.do) {
      case 'close':
        // Its page says that it is over.
        if (((await rooms.get(deed.room))?.stage ?? 'closing') === 'closing') return pageOf(deed)
        await write('rooms close', deed.room)
        await rooms.close(deed.room, { reason: 'operator' })
        return pageOf(deed)
      case 'who':
        await write('users show', deed.user)
        return { ...personOf(deed), named: true }
      case 'ban': {
        // Their page says why not.
        if ((await protectedAs(deed.user)) !== undefined) return pageOf(deed)
        const now = await waitingSet.now()
        const until = deed.forMs === undefined ? null : now + deed.forMs
        await write('users ban', deed.user, { reason: deed.reason, until })
        // The row first: if this process ends here, the reconciler enforces what the row says.
        await bans.ban({ user: deed.user, until, reason: deed.reason, by: admin, at: now })
        await departure(deed.user, { reason: 'banned', ban: { until, tell: true } })
        return pageOf(deed)
      }
      case 'unban': {
        await write('users unban', deed.user)
        const inPostgres = await bans.unban(deed.user)
        const inRedis = (await waitingSet.liftBan(deed.user)) === 'lifted'
        if (inPostgres || inRedis) await say(deed.user, 'unbanned')
        return pageOf(deed)
      }
      case 'pause':
        await matchingPause.pause(admin)
        return pageOf(deed)
      case 'resume':
        await matchingPause.resume(admin)
        return pageOf(deed)
      default:
        return broadcasts.carryOut(admin, deed, write)
    }
  }

  /** A button does what it does once: gives the page that follows, or undefined when it was pressed before. */
  const doOnce = async (admin: UserId, word: string, deed: PanelDeed): Promise<PanelView | undefined> => {
    if (!(await store.use(admin, word, deed))) return undefined
    try {
      return await carryOut(admin, deed)
    } catch (error) {
      // What failed first is what is to be known.
      await store.giveBack(admin, word, deed).catch(() => undefined)
      throw error
    }
  }

  /** Shows whom an administrator means. Gives the notice that says why it is nobody, if so. Each look is written down. */
  const find = async (admin: UserId, message: Message) => {
    const meant = meantBy(message)
    if ('refused' in meant) return meant.refused
    const show = async (found: number, view: PanelView) => {
      await audit.add({ actor: admin, action: 'users find', details: { found } })
      await say(admin, 'admin', view)
    }
    if ('user' in meant) {
      await show(1, { show: 'person', user: meant.user })
      return undefined
    }
    const { words } = meant
    const { people } = await users.find(words, { user: idIn(words), limit: PAGE, offset: 0 })
    const named = (username: string | null) => `@${username ?? ''}`.toLowerCase() === words.toLowerCase()
    const exact = people.filter(({ user, username }) => user === words || named(username))
    const [one, ...others] = exact.length === 1 ? exact : people
    if (!one) return 'admin_not_found'
    await show(people.length, others.length === 0 ? { show: 'person', user: one.user } : { show: 'found', words })
    return undefined
  }

  /** Takes what the panel had asked for. Gives the notice that says what is wrong with it, if something is. */
  const answer = async (admin: UserId, question: PanelAction, message: Message) => {
    if ('do' in question) return undefined
    switch (question.show) {
      case 'new_broadcast':
        return (await broadcasts.draft(admin, message, writerOf(admin))) ? undefined : 'broadcast_refused'
      case 'broadcast_button':
        return (await broadcasts.addButton(admin, question.id, message, writerOf(admin)))
          ? undefined
          : 'broadcast_button_refused'
      case 'ban_reason': {
        const reason = reasonIn(message)
        if (reason === undefined) return 'admin_reason_refused'
        await say(admin, 'admin', { ...question, show: 'ban_sure', reason })
        return undefined
      }
      default:
        return find(admin, message)
    }
  }

  const show = async (admin: UserId, messageId: number, view: PanelView): Promise<void> => {
    const page = await composer.compose(admin, 'admin', JSON.stringify(view))
    if (page) await api.editMessage(admin, messageId, page)
  }

  return {
    /** /admin; for everybody who is no administrator it is a command that does not exist. */
    command: (async ({ user }) => {
      if (!isAdmin(user)) return say(user, 'unknown_command')
      await store.asked(user)
      await say(user, 'admin', {})
    }) satisfies Command,

    /** A button of a panel was pressed; `word` is what it carries. Gives what is to be shown at the button. */
    press: async ({ user, profile }: Asked, messageId: number, word: string): Promise<string | undefined> => {
      if (!isAdmin(user)) return undefined
      const action = await store.recall(user, word)
      if (!action) return textsFor(profile.language).say('admin.expired')
      const did = 'do' in action && (await doOnce(user, word, action))
      const view = did || ('do' in action ? pageOf(action) : action)
      // Any other press takes the question back.
      if (ASKING.includes(view.show)) await store.ask(user, view)
      else await store.asked(user)
      await show(user, messageId, view)
      return 'do' in action && !did ? textsFor(profile.language).say('admin.used') : undefined
    },

    /** Any message of an administrator that is no command. True when the panel had asked for it. */
    hear: async ({ user }: Asked, message: Message): Promise<boolean> => {
      if (!isAdmin(user)) return false
      const question = await store.asked(user)
      if (!question) return false
      const refused = await answer(user, question, message)
      if (refused) {
        await store.ask(user, question)
        await say(user, refused)
      }
      return true
    },

    /** *Refresh* of panels that were sent before buttons carried words of their own. */
    refresh: async (user: UserId, messageId: number): Promise<void> => {
      if (isAdmin(user)) await show(user, messageId, { show: 'overview' })
    },
  }
}
export type Panel = ReturnType<typeof createPanel>
