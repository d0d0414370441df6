import type { BotCommand } from 'telegraf/types'
import type { UpdateQueue } from './update-queue.js'
import type { Webhook } from './webhook.js'

/** What the Bot API server keeps for one bot. */
export class BotState {
  webhook: Webhook | undefined
  /** By scope and language. */
  readonly commands = new Map<string, BotCommand[]>()
  /** Name, description and short description, by kind and language. */
  readonly texts = new Map<string, string>()

  constructor(readonly queue: UpdateQueue) {}
}
