import type { BotCommand } from 'telegraf/types'
import type { SavedQueue, UpdateQueue } from './update-queue.js'
import { Webhook, type WebhookDelivery, type WebhookTarget } from './webhook.js'

/** A bot's state as plain JSON. */
export interface SavedBot {
  queue: SavedQueue
  webhook?: WebhookTarget | undefined
  commands: [string, BotCommand[]][]
  texts: [string, string][]
}

/** What the Bot API server keeps for one bot. */
export class BotState {
  webhook: Webhook | undefined
  /** By scope and language. */
  readonly commands = new Map<string, BotCommand[]>()
  /** Name, description and short description, by kind and language. */
  readonly texts = new Map<string, string>()

  constructor(readonly queue: UpdateQueue) {}

  save(): SavedBot {
    return {
      queue: this.queue.save(),
      webhook: this.webhook?.target,
      commands: [...this.commands],
      texts: [...this.texts],
    }
  }

  /** Takes over what an earlier run left; a webhook begins to deliver at once. */
  restore({ queue, webhook, commands, texts }: SavedBot, delivery: WebhookDelivery): void {
    this.queue.restore(queue)
    for (const [scope, list] of commands) this.commands.set(scope, list)
    for (const [kind, text] of texts) this.texts.set(kind, text)
    if (webhook) this.webhook = new Webhook(webhook, this.queue, delivery)
  }
}
