import type { Fact } from '../../src/actors/ledger.js'
import { chatId, hostId, roomId, userId } from '../../src/ids.js'
import type { LedgerMessage } from '../../src/mailboxes.js'

/** Three people, two rooms, a group and its host. */
export const [ann, bob, cem] = [userId(7_000_000_001), userId(7_000_000_002), userId(7_000_000_003)]
export const [room, second] = [roomId('room01'), roomId('room02')]
export const chat = chatId(-1_001_234_567_890)
export const host = hostId(1)
export const T = 1_700_000_000_000

/** A whole life: both wait, are paired, one link replaces another, both enter, one leaves and searches again. */
const LIFE: readonly LedgerMessage[] = [
  { type: 'stocked', chat, host, at: `${T}` },
  { type: 'waiting', users: ann, at: `${T + 1}`, first: '1' },
  { type: 'waiting', users: `${bob},${cem}`, at: `${T + 2}`, first: '0' },
  { type: 'paired', room, a: ann, b: bob, chat, host, at: `${T + 3}` },
  { type: 'invited', room, link: 'https://t.me/+one', deadline: `${T + 900}`, at: `${T + 4}` },
  { type: 'invited', room, link: 'https://t.me/+two', deadline: `${T + 901}`, at: `${T + 5}` },
  { type: 'entered', room, user: bob, at: `${T + 6}` },
  { type: 'entered', room, user: ann, at: `${T + 7}` },
  { type: 'opened', room, at: `${T + 7}` },
  { type: 'idle', user: cem, at: `${T + 8}` },
  { type: 'closing', room, reason: 'left', by: ann, at: `${T + 9}` },
  { type: 'waiting', users: ann, at: `${T + 9}`, first: '0' },
  { type: 'gone', room, chat, group: 'disposing', at: `${T + 10}` },
]
/** Facts, as the ledger's mailbox numbers them. */
export const numbered = (messages: readonly LedgerMessage[], from = 0): Fact[] =>
  messages.map((message, n) => ({ id: `${T + from}-${n}`, message }))
export const life = numbered(LIFE)
