import type { Message } from 'telegraf/types'
import type { UserId } from '../../ids.js'
import type { BroadcastId, BroadcastsTable } from '../../postgres/broadcasts.js'
import type { BotApi } from '../../telegram/bot-api.js'
import type { Composer } from '../composer.js'
import type { Say } from '../say.js'
import type { BroadcastDeed, PanelView } from './actions.js'
import { buttonIn, contentIn } from './broadcast-input.js'

export interface BroadcastDeps {
  readonly broadcasts: Pick<
    BroadcastsTable,
    'create' | 'get' | 'amend' | 'start' | 'pause' | 'resume' | 'cancel' | 'deleteDraft' | 'showProgress'
  >
  readonly say: Say
  readonly composer: Pick<Composer, 'compose'>
  readonly api: Pick<BotApi, 'sendMessage'>
}

/** Writes down who does what to which broadcast. */
type Write = (action: string, subject: BroadcastId) => Promise<void>

/** What an administrator does with broadcasts; the sending itself is the broadcaster's. */
export const createBroadcastDeeds = (deps: BroadcastDeps) => {
  const { broadcasts, say, composer, api } = deps

  /** A message of its own shows the progress, and goes on doing so wherever the panel is turned to. */
  const showProgress = async (admin: UserId, id: BroadcastId): Promise<void> => {
    const view: PanelView = { show: 'broadcast', id, live: true }
    const page = await composer.compose(admin, 'admin', JSON.stringify(view))
    if (page) await broadcasts.showProgress(id, admin, (await api.sendMessage(admin, page)).messageId)
  }

  const change = async (draft: Parameters<BroadcastsTable['amend']>[0], write: Write): Promise<void> => {
    if (await broadcasts.amend(draft)) await write('broadcast change', draft.broadcast)
  }

  return {
    carryOut: async (admin: UserId, deed: BroadcastDeed, write: Write): Promise<PanelView> => {
      const { id } = deed
      switch (deed.do) {
        case 'segment': {
          const one = await broadcasts.get(id)
          if (one) await change({ ...one, ...deed.segment }, write)
          return { show: 'broadcast', id }
        }
        case 'preview':
          await write('broadcast preview', id)
          await say(admin, 'broadcast_preview', { id })
          return { show: 'broadcast', id }
        case 'start':
          await write('broadcast start', id)
          if (await broadcasts.start(id)) await showProgress(admin, id)
          return { show: 'broadcast', id }
        case 'pause_broadcast':
          await write('broadcast pause', id)
          await broadcasts.pause(id)
          return { show: 'broadcast', id, live: deed.live === true }
        case 'resume_broadcast':
          await write('broadcast resume', id)
          await broadcasts.resume(id)
          return { show: 'broadcast', id, live: deed.live === true }
        case 'cancel_broadcast':
          await write('broadcast cancel', id)
          return (await broadcasts.deleteDraft(id)) || !(await broadcasts.cancel(id))
            ? { show: 'broadcasts' }
            : { show: 'broadcast', id }
      }
    },

    /** The message that was asked for becomes a draft. False when it cannot be one. */
    draft: async (admin: UserId, message: Message, write: Write): Promise<boolean> => {
      const content = contentIn(message)
      if (!content) return false
      const id = await broadcasts.create({
        ...content,
        buttonText: null,
        buttonUrl: null,
        gender: null,
        language: null,
        seenWithinS: null,
        madeBy: admin,
      })
      await write('broadcast create', id)
      await say(admin, 'admin', { show: 'broadcast', id })
      return true
    },

    /** The draft gets the button that was asked for. False when the message names none. */
    addButton: async (admin: UserId, id: BroadcastId, message: Message, write: Write): Promise<boolean> => {
      const button = buttonIn(message)
      const one = await broadcasts.get(id)
      if (!button || !one) return false
      await change({ ...one, ...button }, write)
      await say(admin, 'admin', { show: 'broadcast', id })
      return true
    },
  }
}
