import { chatId, hostId, type ChatId, type HostId, type RoomId } from '../ids.js'

/** How what Redis packs into one string is read outside of the scripts. */

/** A person's record, `where|since|mark|recents`, as far as somebody else than the scripts needs it. */
export interface Person {
  /** The room they sit in. */
  readonly room: RoomId | undefined
  readonly banned: boolean
  /** Since when they search, or sit in the room; by Redis' clock. */
  readonly since: number | undefined
}

/** Reads a person's record. Whom Redis does not know is idle. */
export const parsePerson = (record: string | null | undefined): Person => {
  const [where = '', since = ''] = (record ?? '').split('|')
  // A question mark follows the instant once they were asked whether they are still there.
  const at = Number.parseInt(since, 10)
  return {
    // Not checked: the reconciler reads also what is broken.
    room: where === '' || where === '+' || where === '!' ? undefined : (where as RoomId),
    banned: where === '!',
    since: at > 0 ? at : undefined,
  }
}

/** Until when `count|until|at`, the penalty for no-shows, keeps a person from searching; 0 for no penalty. */
export const parseCooldown = (penalty: string | null | undefined): number => Number(penalty?.split('|')[1] ?? 0)

/** A group in stock: `chat:host`. */
export interface StockedGroup {
  readonly chat: ChatId
  readonly host: HostId
}

/** Reads a member of the stock; undefined for what is none. */
export const parseStocked = (member: string): StockedGroup | undefined => {
  const [, chat, host] = /^(-\d+):(\d+)$/.exec(member) ?? []
  return chat === undefined || host === undefined ? undefined : { chat: chatId(chat), host: hostId(host) }
}
