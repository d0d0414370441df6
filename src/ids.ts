/**
 * Identifiers. Telegram's ids travel as decimal strings (they outgrow 32 bits, and Lua's numbers lose digits in JSON);
 * they are `bigint` in SQL and become numbers only in the Bot API client, where Telegram guarantees at most 52 bits.
 */
declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** A person (or bot) on Telegram: positive decimal. */
export type UserId = Branded<'UserId'>
/** A group or channel as the Bot API writes it: `-100…`. */
export type ChatId = Branded<'ChatId'>
/** One conversation of one pair: the nonce of the script call that made it, and the pair's number in that call. */
export type RoomId = Branded<'RoomId'>
/** A Telegram user account that owns groups: the primary key of `hosts`, in decimal. */
export type HostId = Branded<'HostId'>
/** One running process of the service. */
export type InstanceId = Branded<'InstanceId'>

const USER = /^[1-9]\d{0,15}$/
const CHAT = /^-\d{1,16}$/
const ROOM = /^[a-z0-9]{6,24}$/
const HOST = /^[1-9]\d{0,8}$/

const parser =
  <Id extends string>(name: string, pattern: RegExp) =>
  (value: string | number | bigint): Id => {
    const text = String(value)
    if (!pattern.test(text)) throw new TypeError(`not a ${name}: ${JSON.stringify(text.slice(0, 40))}`)
    return text as Id
  }

/** Each takes what came from outside and gives the typed id; throws TypeError when it cannot be one. */
export const userId = parser<UserId>('user id', USER)
export const chatId = parser<ChatId>('chat id', CHAT)
export const roomId = parser<RoomId>('room id', ROOM)
export const hostId = parser<HostId>('host id', HOST)
export const instanceId = (value: string): InstanceId => value as InstanceId
