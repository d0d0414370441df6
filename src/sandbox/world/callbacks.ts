import { Denied } from './denied.js'
import type { CallbackAnswer, MessagePlace } from './types.js'
import type { Parts } from './parts.js'

const MAX_DATA_BYTES = 64

interface Pending {
  userId: number
  botId: number
  resolve: (answer: CallbackAnswer) => void
}

/** Pressed buttons that wait for the bot's answer. */
export class Callbacks {
  private readonly pending = new Map<string, Pending>()

  constructor(private readonly world: Parts) {}

  /**
   * Presses a callback button of a bot's message. As on Telegram, a forged client may send data that no button has.
   * `answer` settles when the bot answers, which may be never.
   */
  press(userId: number, place: MessagePlace, data: string): { id: string; answer: Promise<CallbackAnswer> } {
    const botId = place.message.from
    if (!this.world.users.isBot(botId)) throw new Denied('MESSAGE_ID_INVALID')
    if (Buffer.byteLength(data) > MAX_DATA_BYTES) throw new Denied('DATA_INVALID')
    const id = this.world.nextSecret('callback').readBigUInt64LE(0).toString()
    const answer = new Promise<CallbackAnswer>((resolve) => this.pending.set(id, { userId, botId, resolve }))
    this.world.tell({ kind: 'callback', id, userId, botId, data, place })
    return { id, answer }
  }

  /** The bot answers. Unknown or answered before: `QUERY_ID_INVALID`. */
  answer(id: string, botId: number, answer: CallbackAnswer): void {
    const waiting = this.pending.get(id)
    if (waiting?.botId !== botId) throw new Denied('QUERY_ID_INVALID')
    this.pending.delete(id)
    waiting.resolve(answer)
    this.world.tell({ kind: 'callback-answered', id, userId: waiting.userId, answer })
  }
}
