import { Denied } from './denied.js'
import type { Parts } from './parts.js'

const SECOND_MS = 1000
const MINUTE_MS = 60_000
const DAY_S = 24 * 3600

/** Holds bots and accounts to the limits of time. They follow the world's clock. */
export class Pace {
  /** When a bot's latest messages were sent, by what counts them. */
  private readonly sentAt = new Map<string, number[]>()

  constructor(private readonly world: Pick<Parts, 'limits' | 'now' | 'nowMs' | 'chats'>) {}

  /** Counts a bot's message, or refuses it with `FLOOD_WAIT_n`. Group ids are negative, people's are not. */
  takeMessage(botId: number, chatId: number): void {
    const { botPerSecond, botPerChatPerSecond, botPerGroupPerMinute } = this.world.limits
    const rules: [string, number, number][] = [
      [`${botId}`, botPerSecond, SECOND_MS],
      [`${botId}:${chatId}`, botPerChatPerSecond, SECOND_MS],
      [`${botId}:${chatId}:minute`, chatId < 0 ? botPerGroupPerMinute : 0, MINUTE_MS],
    ]
    const nowMs = this.world.nowMs()
    const waits = rules.map(([key, limit, spanMs]) => this.waitMs(key, limit, spanMs, nowMs))
    const waitMs = Math.max(...waits)
    if (waitMs > 0) throw new Denied(`FLOOD_WAIT_${Math.max(1, Math.ceil(waitMs / SECOND_MS))}`)
    for (const [key, limit] of rules) if (limit > 0) this.sentAt.set(key, [...(this.sentAt.get(key) ?? []), nowMs])
  }

  /** Refuses an account that has created enough for a day: `FLOOD_WAIT_n`, until the oldest of them is a day old. */
  requireCreation(by: number): void {
    const { creationsPerDay } = this.world.limits
    if (creationsPerDay === 0) return
    const now = this.world.now()
    const recent = [...this.world.chats.byId.values()]
      .filter((chat) => this.world.chats.owner(chat) === by && chat.createdAt > now - DAY_S)
      .map((chat) => chat.createdAt)
    const oldest = recent.at(-creationsPerDay)
    if (oldest !== undefined) throw new Denied(`FLOOD_WAIT_${oldest + DAY_S - now}`)
  }

  /** Refuses what a session may not do soon after its login (`loginAt` in world seconds). */
  requireSettled(loginAt: number | undefined): void {
    const { freshLoginS } = this.world.limits
    if (loginAt !== undefined && this.world.now() - loginAt < freshLoginS)
      throw new Denied('FRESH_CHANGE_ADMINS_FORBIDDEN')
  }

  private waitMs(key: string, limit: number, spanMs: number, nowMs: number): number {
    if (limit === 0) return 0
    const recent = (this.sentAt.get(key) ?? []).filter((at) => at > nowMs - spanMs)
    this.sentAt.set(key, recent)
    const oldest = recent.at(-limit)
    return oldest === undefined ? 0 : oldest + spanMs - nowMs
  }
}
