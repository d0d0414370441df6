import { avatarOf, button, clockOf, element, reconcile } from './dom.js'
import { settleRoving } from './roving.js'

/** The list of chats of a phone: newest first, the bot always among them, with unread marks. */
export function drawChats(list, phone, chats) {
  const { bot } = phone.state
  const rows = chats.some((chat) => chat.id === bot?.id)
    ? chats
    : [...chats, ...(bot ? [{ id: bot.id, type: 'private', title: bot.firstName, unread: 0, lastMessage: null }] : [])]
  reconcile(
    list,
    phone.person
      ? rows.map((chat) => ({
          key: chat.id,
          shape: JSON.stringify([phone.me, chat]),
          make: () => chatRow(chat, phone),
        }))
      : [{ key: 'nobody', shape: phone.suggestion, make: () => nobodyRow(phone) }],
  )
  settleRoving(list, '.chat')
}

function chatRow(chat, phone) {
  const { lastMessage: last } = chat
  const words = last ? `${last.from === phone.me && !last.service ? 'You: ' : ''}${last.text}` : 'No messages yet'
  const row = button(
    { className: 'chat', onclick: () => phone.open(chat.id) },
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
      last ? element('small', {}, clockOf(last.at)) : undefined,
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

function nobodyRow(phone) {
  return element(
    'li',
    { className: 'empty' },
    element('p', {}, 'This phone is nobody’s yet.'),
    button({ className: 'main', onclick: () => phone.takeSuggested() }, `Give it to ${phone.suggestion}`),
    element('p', { className: 'hint' }, 'Or choose somebody above.'),
  )
}

/** Everybody to whom a phone can be given. */
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
          ),
        ),
    })),
  )
  settleRoving(list, '.row')
}
