import { button, clockOf, dayOf, paintAvatar, reconcile } from './dom.js'
import { settleRoving } from './roving.js'

/** @import { Phone } from './phone.js' */
/** @import { Row } from './types.js' */

/**
 * The upper edge of a phone: whose it is, which chat is open, what waits; and the commands at hand.
 * @param {Phone} phone
 * @param {Row[]} chats
 */
export function drawTop(phone, chats) {
  const { bot } = phone.world
  const chat = chats.find((one) => one.id === phone.shown)
  const withBot = phone.shown !== undefined && phone.shown === bot?.id
  const group = phone.world.chats.find((one) => one.id === phone.shown)
  const inChat = phone.shown !== undefined
  const name = phone.person?.firstName
  const title = inChat ? (chat?.title ?? group?.title ?? personTitle(phone) ?? bot?.firstName ?? '') : 'Chats'
  phone.place.setAttribute('aria-label', `${phone.ordinal}, ${name ? `${name}’s` : 'nobody’s'}`)
  phone.part('.person .name').textContent = name ?? 'Who is this?'
  paintAvatar(phone.part('.person .avatar'), name ?? '?', phone.me ?? 0)
  const now = Date.now() + phone.world.clockOffsetMs
  const day = dayOf(now) === dayOf(Date.now()) ? '' : `${dayOf(now)}, `
  phone.part('.time').textContent = day + clockOf(now)
  phone.part('.top h2').textContent = title
  const count = group?.members.length ?? 0
  const withPerson = chat?.blocked ? 'blocked' : ''
  const members = (phone.shown ?? 0) < 0 ? `${count} members` : withPerson
  const status = withBot ? botWords(phone) : members
  phone.part('.sub').textContent = inChat ? status : ''
  const avatar = phone.part('.top > .avatar')
  avatar.hidden = !inChat
  paintAvatar(avatar, title, phone.shown ?? 0)
  phone.unread = chats.reduce((sum, one) => sum + (one.id === phone.shown ? 0 : one.unread), 0)
  const badge = phone.part('.back .badge')
  badge.textContent = String(phone.unread || '')
  badge.hidden = phone.unread === 0
  phone.part('.back').setAttribute('aria-label', `Back to the chats${phone.unread ? `, ${phone.unread} unread` : ''}`)
  phone.part('.back').hidden = !inChat
  phone.part('.more').hidden = !phone.person
  for (const part of ['.composer', '.log']) phone.part(part).hidden = !inChat
  phone.part('.chats').hidden = inChat
  const asked = phone.requests.first
  const pending = phone.part('.pending')
  const words = asked === undefined ? '' : `Asked to join “${asked}”. Waiting to be let in…`
  if (pending.textContent !== words) pending.textContent = words
  phone.composer.know(bot && (withBot || (phone.shown ?? 0) < 0) ? bot.commands : [])
  drawChips(phone, withBot, chat !== undefined)
}

/**
 * What a private chat is called in which nobody has written yet.
 * @param {Phone} phone
 */
const personTitle = ({ shown, me, world }) =>
  shown === me ? 'Saved Messages' : world.users.find(({ id }) => id === shown)?.firstName

/** @param {Phone} phone */
function botWords({ person, world: { bot } }) {
  if (person?.blockedBot) return 'bot, blocked'
  return bot?.listening ? 'bot' : 'bot, not running'
}

/**
 * The commands that people need most, at one press. Until somebody has written, Telegram offers one: start.
 * @param {Phone} phone
 * @param {boolean} withBot
 * @param {boolean} begun
 */
function drawChips(phone, withBot, begun) {
  const listed = phone.world.bot?.commands ?? []
  const start = [{ command: 'start', description: 'begin' }]
  const commands = withBot ? (begun ? listed.slice(0, 3) : start) : []
  const chips = phone.part('.chips')
  chips.hidden = commands.length === 0
  reconcile(
    chips,
    commands.map(({ command, description }) => ({
      key: command,
      shape: `${phone.chat}${description}`,
      make: () =>
        button(
          { title: description, onclick: () => phone.act('send', { chat: phone.chat, text: `/${command}` }) },
          command.charAt(0).toUpperCase() + command.slice(1),
        ),
    })),
  )
  settleRoving(chips, 'button')
}
