import type { Composer } from '../bot/composer.js'
import type { PanelAction, PanelView } from '../bot/admin/actions.js'
import type { Broadcast, BroadcastsTable } from '../postgres/broadcasts.js'
import type { PanelStore } from '../redis/panel.js'
import type { BotApi } from '../telegram/bot-api.js'

/** Shorter than the words of buttons live, so that those on the screen work. */
const WORDS_FOR_MS = 12 * 3_600_000

/** A panel store that gives the words it gave last again, when it is asked for the same buttons once more. */
export const rememberWords = (store: PanelStore<PanelAction>): PanelStore<PanelAction> => {
  let last: { key: string; until: number; words: readonly string[] } | undefined
  return {
    ...store,
    issue: async (admin, actions) => {
      const key = JSON.stringify([admin, actions])
      if (last?.key !== key || performance.now() > last.until)
        last = { key, until: performance.now() + WORDS_FOR_MS, words: await store.issue(admin, actions) }
      return [...last.words]
    },
  }
}

/**
 * Shows how far a broadcast is, in the message that its administrator has of it. Telegram is only asked when something
 * has moved since the message was edited last.
 */
export const createBroadcastProgress = (deps: {
  broadcasts: Pick<BroadcastsTable, 'counts'>
  composer: Pick<Composer, 'compose'>
  bot: Pick<BotApi, 'editMessage'>
}) => {
  let shown: string | undefined

  return async ({ broadcast: id, status, error, total, progressAdmin, progressMessage }: Broadcast): Promise<void> => {
    if (progressAdmin === null || progressMessage === null) return
    const state = JSON.stringify([id, status, error, total, progressMessage, await deps.broadcasts.counts(id)])
    if (shown === state) return
    const view: PanelView = { show: 'broadcast', id, live: true }
    const page = await deps.composer.compose(progressAdmin, 'admin', JSON.stringify(view))
    if (page) await deps.bot.editMessage(progressAdmin, progressMessage, page)
    shown = state
  }
}
