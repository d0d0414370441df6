import { toBotApiId } from '../../../src/sandbox/world/chat-id.js'
import type { World } from '../../../src/sandbox/world/world.js'
import type { LiveSnapshot } from './read-redis.js'

/** What the oracle needs to see of Telegram: the answer of the sandbox's control API has this shape. */
export interface TelegramState {
  bot?: { id: number } | undefined
  chats: {
    /** As the Bot API writes it. */
    id: number
    type: string
    deleted: boolean
    owner: number | null
    /** Those inside. */
    members: { id: number }[]
  }[]
}

/** Where a person reads what, for I8: the text of the newest message of the bot in each private chat. */
export type Screens = ReadonlyMap<string, string>
/** What a text says about the person who reads it; undefined when it says nothing of the kind. */
export type Claim = 'searching' | 'in_room' | 'idle'

export const telegramStateOf = (world: World): TelegramState => {
  const bot = world.users.bots()[0]
  return {
    bot: bot && { id: bot.id },
    chats: [...world.chats.byId.values()].map((chat) => ({
      id: toBotApiId(chat.id),
      type: chat.type,
      deleted: chat.deleted,
      owner: world.chats.owner(chat) ?? null,
      members: chat.deleted ? [] : world.members.inside(chat).map(({ userId }) => ({ id: userId })),
    })),
  }
}

export const screensOf = (world: World): Screens => {
  const screens = new Map<string, string>()
  for (const { userId, peerId: botId, messages, blocked } of world.dialogs.all()) {
    // Who blocked the bot cannot be told anything; people among themselves are none of this.
    if (blocked || !world.users.isBot(botId)) continue
    const newest = messages.findLast(({ from }) => from === botId)
    if (newest) screens.set(String(userId), newest.text ?? '')
  }
  return screens
}

export interface KnownGroups {
  /** The users that own groups. */
  hosts: ReadonlySet<number>
  /** Groups that a host is still making or deleting, by Postgres' account; undefined without Postgres. */
  unfinished: ReadonlySet<string> | undefined
  /** Groups that changed their place while the oracle was looking. */
  moved: ReadonlySet<string>
}

/** What is wrong with the groups on Telegram. */
export function checkTelegram(
  telegram: TelegramState,
  live: LiveSnapshot,
  { hosts, unfinished, moved }: KnownGroups,
  settled: boolean,
): string[] {
  const found: string[] = []
  const existing = new Map(telegram.chats.filter(({ deleted }) => !deleted).map((chat) => [String(chat.id), chat]))
  for (const [id, chat] of existing) {
    if (chat.type !== 'supergroup' || chat.owner === null || !hosts.has(chat.owner)) continue
    const place = live.groups.get(id)
    const room = place === undefined ? undefined : live.rooms.get(place)
    if (place === undefined) {
      // Between its creation and its stocking a group is known to Postgres alone.
      if (settled && !unfinished?.has(id)) found.push(`I4: group ${id} exists on Telegram and is nobody's`)
      continue
    }
    if (place === 'disposing' || moved.has(id)) continue
    const allowed = new Set([chat.owner, telegram.bot?.id, ...(room ? [Number(room.a), Number(room.b)] : [])])
    for (const member of chat.members)
      if (!allowed.has(member.id)) found.push(`I7: ${member.id} is a member of group ${id} (${place})`)
    const inside = new Set(chat.members.map((member) => member.id))
    if (settled && telegram.bot && !inside.has(telegram.bot.id))
      found.push(`I4: the bot is not in group ${id} (${place})`)
    if (settled && room?.stage === 'open')
      for (const user of [room.a, room.b])
        if (!inside.has(Number(user))) found.push(`I9: room ${room.id} is open, but ${user} is not in its group`)
  }
  if (settled)
    for (const [id, place] of live.groups)
      if (!existing.has(id)) found.push(`I4: group ${id} is at "${place}", but does not exist on Telegram`)
  return found
}

/** What people read that is not so (I8). */
export function checkScreens(
  screens: Screens,
  claimOf: (text: string) => Claim | undefined,
  { people, waiting, first }: LiveSnapshot,
): string[] {
  const found: string[] = []
  for (const [user, text] of screens) {
    const claim = claimOf(text)
    const where = people.get(user)?.where ?? ''
    const is: Claim =
      waiting.has(user) || first.has(user) ? 'searching' : ['', '+', '!'].includes(where) ? 'idle' : 'in_room'
    if (claim !== undefined && claim !== is) found.push(`I8: ${user} reads "${claim}" and is "${is}"`)
  }
  return found
}
