import { avatarOf, button, clockOf, dayOf, element, reconcile } from './dom.js'
import { settleRoving } from './roving.js'

/** @import { Phone } from './phone.js' */
/** @import { Row } from './types.js' */

/**
 * The list of chats of a phone: newest first, the bot always among them, with unread marks.
 * @param {HTMLElement} list
 * @param {Phone} phone
 * @param {Row[]} chats
 */
export function drawChats(list, phone, chats) {
  const { bot } = phone.world
  const rows = [...chats]
  if (bot && !chats.some((chat) => chat.id === bot.id))
    rows.push({ id: bot.id, type: 'private', title: bot.firstName, unread: 0, lastMessage: null })
  reconcile(
    list,
    phone.person
      ? rows.map((chat) => ({
          key: chat.id,
          shape: JSON.stringify([phone.me, chat, chat.lastMessage && whenOf(chat.lastMessage.at, phone)]),
          make: () => chatRow(chat, phone),
        }))
      : [{ key: 'nobody', shape: phone.suggestion, make: () => nobodyRow(phone) }],
  )
  settleRoving(list, '.chat')
}

/**
 * @param {Row} chat
 * @param {Phone} phone
 */
function chatRow(chat, phone) {
  const { lastMessage: last } = chat
  const row = button(
    { className: chat.unread ? 'chat unread' : 'chat', onclick: () => phone.open(chat.id) },
    avatarOf(chat.title, chat.id),
    element(
      'span',
      { className: 'who' },
      element('span', { className: 'title' }, chat.title),
      element('small', {}, ...preview(chat, phone)),
    ),
    element(
      'span',
      { className: 'end' },
      last ? element('small', {}, whenOf(last.at, phone)) : undefined,
      chat.unread
        ? element(
            'span',
            { className: 'badge' },
            String(chat.unread),
            element('span', { className: 'aside' }, ' unread'),
          )
        : undefined,
    ),
  )
  const item = element('li', {}, row)
  item.dataset.chat = String(chat.id)
  return item
}

/**
 * What was said last, and where several people write: by whom.
 * @param {Row} chat
 * @param {Phone} phone
 */
function preview({ lastMessage: last, type }, phone) {
  if (!last) return ['No messages yet']
  const said = last.photo ? `🖼 ${last.text || 'Photo'}` : last.text
  const who = last.from === phone.me ? 'You' : type === 'supergroup' && nameOf(last.from, phone)
  return who && !last.service ? [element('span', { className: 'by' }, `${who}: `), said] : [said]
}

/**
 * @param {number} id
 * @param {Phone} phone
 */
const nameOf = (id, { world: { users, bot } }) =>
  [...users, ...(bot ? [bot] : [])].find((one) => one.id === id)?.firstName

/**
 * Today's time of day, by Telegram's clock, or the day.
 * @param {number} at
 * @param {Phone} phone
 */
const whenOf = (at, { world }) => (dayOf(at) === dayOf(Date.now() + world.clockOffsetMs) ? clockOf(at) : dayOf(at))

/** @param {Phone} phone */
function nobodyRow(phone) {
  return element(
    'li',
    { className: 'empty' },
    element('span', { className: 'logo', 'aria-hidden': 'true' }),
    element('p', {}, element('b', {}, 'This phone is nobody’s yet.')),
    button({ className: 'main', onclick: () => phone.takeSuggested() }, `Give it to ${phone.suggestion}`),
    element('p', { className: 'hint' }, 'Or choose somebody above.'),
  )
}
