import { avatarOf, button, clockOf, dayOf, element, find, findAll, reconcile } from './dom.js'
import { settleRoving } from './roving.js'

/** @import { Phone } from './phone.js' */
/** @import { Person, Row } from './types.js' */

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
  const said = last && (last.text || (last.photo ? 'Photo' : ''))
  const words = last ? `${last.from === phone.me && !last.service ? 'You: ' : ''}${said}` : 'No messages yet'
  const row = button(
    { className: chat.unread ? 'chat unread' : 'chat', onclick: () => phone.open(chat.id) },
    avatarOf(chat.title, chat.id),
    element(
      'span',
      { className: 'who' },
      element('span', { className: 'title' }, chat.title),
      element('small', {}, words),
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

/**
 * Everybody to whom a phone can be given.
 * @param {HTMLElement} list
 * @param {Phone} phone
 * @param {Person[]} people
 * @param {(id: number) => void} choose
 */
export function drawPeople(list, phone, people, choose) {
  reconcile(
    list,
    people.map((person) => ({
      key: person.id,
      shape: JSON.stringify([person.firstName, person.username, person.id === phone.me]),
      make: () =>
        element(
          'li',
          {},
          button(
            { className: 'row', onclick: () => choose(person.id), 'aria-pressed': String(person.id === phone.me) },
            avatarOf(person.firstName, person.id),
            element(
              'span',
              { className: 'who' },
              element('span', { className: 'title' }, person.firstName),
              element('small', {}, person.username ? `@${person.username}` : `id ${person.id}`),
            ),
            person.id === phone.me ? element('small', { className: 'end' }, 'has this phone') : '',
          ),
        ),
    })),
  )
  settleRoving(list, '.row')
}

/** From so many people on there is a line to search them. */
const many = 8

/**
 * The line above the people that shows only those whose names fit.
 * @param {HTMLElement} sheet
 */
export function searches(sheet) {
  const line = searchLine(sheet)
  line.oninput = () => {
    const wanted = line.value.trim().toLowerCase()
    for (const item of findAll(sheet, '.rows > li'))
      item.hidden = !find(item, '.who').textContent.toLowerCase().includes(wanted)
    settleRoving(find(sheet, '.rows'), '.row')
  }
}

/** @param {HTMLElement} sheet */
const searchLine = (sheet) => /** @type {HTMLInputElement} */ (find(sheet, '.search'))

/**
 * When the sheet of people has been drawn: all of them are shown again.
 * @param {HTMLElement} sheet
 * @param {number} count of people
 */
export function beginSearch(sheet, count) {
  const line = searchLine(sheet)
  line.hidden = count < many
  line.value = ''
  line.dispatchEvent(new Event('input'))
}
