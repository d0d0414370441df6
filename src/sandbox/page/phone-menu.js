import { button, element, find } from './dom.js'
import { roving, settleRoving } from './roving.js'
import { opensSheet } from './sheets.js'

/** @import { Phone } from './phone.js' */
/** @import { Chat } from './types.js' */

/**
 * The menu of a phone: what one does seldom.
 * @param {Phone} phone
 */
export function givesMenu(phone) {
  const menu = phone.part('.menu')
  const askForLink = linkDialog(phone)
  roving(menu, 'button')
  opensSheet(phone.part('.more'), menu, () => {
    menu.replaceChildren(
      ...itemsFor(phone, askForLink).map(([text, act]) =>
        button(
          {
            role: 'menuitem',
            onclick: () => {
              menu.hidePopover()
              act()
            },
          },
          text,
        ),
      ),
    )
    settleRoving(menu, 'button')
  })
}

/**
 * @param {Phone} phone
 * @param {() => void} askForLink
 * @returns {[string, () => unknown][]}
 */
function itemsFor(phone, askForLink) {
  const { person, shown, world, chat } = phone
  const blockedBot = person?.blockedBot ?? false
  /** @type {[string, () => unknown][]} */
  const inGroup =
    shown === undefined || shown === world.bot?.id ? [] : [['Leave the group', () => phone.act('leave', { chat })]]
  return [
    ...inGroup,
    ...forwards(phone),
    ['Open a link…', askForLink],
    [blockedBot ? 'Unblock the bot' : 'Block the bot', () => phone.act('block', { bot: !blockedBot })],
    ['Delete the account', () => phone.act('delete-account', {}).then(() => phone.open(undefined))],
  ]
}

/** So many chats are offered to forward to. */
const offered = 4

/**
 * What was said last in the chat that is open can go on to the person's other chats.
 * @param {Phone} phone
 * @returns {[string, () => unknown][]}
 */
function forwards(phone) {
  const { shown, last, rows, world } = phone
  if (shown === undefined || last === undefined) return []
  const bot =
    world.bot && !rows.some(({ id }) => id === world.bot?.id) ? [{ ...world.bot, title: world.bot.firstName }] : []
  return [...rows, ...bot]
    .filter(({ id }) => id !== shown)
    .slice(0, offered)
    .map(({ id, title }) => [
      `Forward the last message to ${title}`,
      async () => (await phone.act('send', { chat: id, forward: { chat: shown, message: last } })) && phone.open(id),
    ])
}

/**
 * The window in which a link is typed or chosen. Gives the function that shows it.
 * @param {Phone} phone
 */
function linkDialog(phone) {
  const dialog = /** @type {HTMLDialogElement} */ (phone.part('.open-link'))
  const input = /** @type {HTMLInputElement} */ (find(dialog, 'input'))
  dialog.onclose = () => {
    const link = input.value.trim()
    if (dialog.returnValue === 'open' && link) phone.follow(link)
  }
  return () => {
    const title = `Open a link on ${phone.person?.firstName}’s phone`
    find(dialog, 'h2').textContent = title
    dialog.setAttribute('aria-label', title)
    input.value = ''
    dialog.returnValue = ''
    drawLinks(find(dialog, '.rows'), phone.world.chats, (link) => {
      input.value = link
      dialog.close('open')
    })
    dialog.showModal()
  }
}

/**
 * The links by which one can come in somewhere right now.
 * @param {HTMLElement} list
 * @param {Chat[]} chats
 * @param {(link: string) => void} use
 */
function drawLinks(list, chats, use) {
  const links = chats.flatMap((chat) =>
    chat.deleted ? [] : chat.links.filter((link) => !link.revoked).map((link) => ({ chat, ...link })),
  )
  const rows = links.filter(({ createsJoinRequest, primary }) => createsJoinRequest || !primary)
  list.replaceChildren(
    ...(rows.length > 0
      ? rows.map(({ chat, link, createsJoinRequest }) =>
          element(
            'li',
            {},
            button(
              { className: 'row', onclick: () => use(link) },
              element(
                'span',
                { className: 'who' },
                element('span', { className: 'title' }, chat.title),
                element('small', {}, `${link}${createsJoinRequest ? ' · asks to join' : ''}`),
              ),
            ),
          ),
        )
      : [element('li', { className: 'hint' }, 'None at the moment.')]),
  )
}
