import { get } from './api.js'
import { dayOf, element, emptyList, find, reconcile } from './dom.js'
import { messageItem } from './messages.js'
import { letGo, settleRoving } from './roving.js'

/** @import { Phone } from './phone.js' */
/** @import { Acts, Drawn, Message, World } from './types.js' */

/** What can be pressed in the messages. */
export const controls = 'button, a'

/**
 * The messages of the chat that a phone shows, by days. Only what has changed is drawn again.
 * @param {Phone} phone
 */
export async function drawConversation(phone) {
  const log = phone.part('.log')
  const lines = find(log, '.lines')
  const { shown: chat, me, world, scroll } = phone
  /** @type {Message[]} */
  const messages = chat !== undefined ? await get(`users/${me}/messages?chat=${chat}`).catch(() => []) : []
  if (chat !== phone.shown) return
  const whose = `${me}/${chat}`
  const other = log.dataset.chat !== whose
  // What was said before is not news: a screen reader is to read only what comes now.
  log.setAttribute('aria-busy', String(other))
  if (other) {
    log.dataset.chat = whose
    emptyList(lines)
  }
  const { users, bot, chats } = world
  const names = new Map([...users, ...(bot ? [bot] : [])].map(({ id, firstName }) => [id, firstName]))
  for (const { id, title } of chats) names.set(id, title)
  const ended = endedLinks(world)
  /** @type {Acts} */
  const act = {
    command: (text) => phone.act('send', { chat, text }),
    open: (url) => phone.follow(url),
    press: (message, key) => phone.press(message, key),
    forward: (message, opener) => phone.forward(message, opener),
    hasEnded: (url) => ended.has(url),
  }
  const group = chat !== undefined && chat < 0
  // The person may have said something, and been answered already.
  const news = messages.filter(({ id }) => id > (other ? Infinity : phone.newest))
  phone.newest = messages.at(-1)?.id ?? 0
  scroll.look()
  reconcile(
    lines,
    messages.flatMap((message, index) => {
      const before = messages[index - 1]
      const newDay = !before || dayOf(before.at) !== dayOf(message.at)
      const first = !before || !sameRun(before, message)
      const last = !sameRun(message, messages[index + 1])
      const dead = (message.buttons ?? []).flat().map(({ url }) => url !== undefined && ended.has(url))
      const row = {
        key: message.id,
        shape: JSON.stringify([message, first, last, names.get(message.from), dead]),
        make: () => messageItem(message, { me, names, first, last, group, act }),
      }
      return newDay ? [dayRow(message.at), row] : [row]
    }),
  )
  if (news.length > 0) letGo(lines)
  settleRoving(lines, controls, ofTheNewest)
  if (other || scroll.atEnd || news.some(({ from }) => from === me)) scroll.toEnd()
  else scroll.miss(news.length)
  if (other) setTimeout(() => log.setAttribute('aria-busy', 'false'))
}

/**
 * The first key of the newest message, or where it has none its last control.
 * @param {HTMLElement[]} items
 */
const ofTheNewest = (items) => {
  const last = items.at(-1)
  const keys = last?.closest('.keys')
  return keys ? items.find((item) => keys.contains(item)) : last
}

/**
 * Whether two messages, one after the other, are by the same sender and on one day.
 * @param {Message} one
 * @param {Message | undefined} next
 */
const sameRun = (one, next) =>
  next !== undefined &&
  one.service === undefined &&
  next.service === undefined &&
  one.from === next.from &&
  dayOf(one.at) === dayOf(next.at)

/**
 * @param {number} at
 * @returns {Drawn}
 */
const dayRow = (at) => ({
  key: `day ${dayOf(at)}`,
  shape: '',
  make: () => element('li', { className: 'service' }, dayOf(at)),
})

/**
 * Invitations of this world that let nobody in any more.
 * @param {World} world
 */
function endedLinks({ chats, clockOffsetMs }) {
  const now = Date.now() + clockOffsetMs
  return new Set(
    chats.flatMap(({ deleted, links }) =>
      links
        .filter(({ revoked, expiresAt }) => deleted || revoked || (expiresAt !== null && expiresAt < now))
        .map(({ link }) => link),
    ),
  )
}
