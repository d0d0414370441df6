import { button, element, find } from './dom.js'
import { isTelegramLink, isWebLink } from './messages.js'
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
  const here = []
  if (shown !== undefined && shown < 0) here.push(['Leave the group', () => phone.act('leave', { chat })])
  else if (shown !== undefined && shown !== world.bot?.id && shown !== phone.me) {
    const row = phone.rows.find(({ id }) => id === shown)
    const name = row?.title ?? 'them'
    const body = { user: shown, blocked: !row?.blocked }
    here.push([row?.blocked ? `Unblock ${name}` : `Block ${name}`, () => phone.act('block', body)])
  }
  return [
    ...here,
    ['Write to somebody…', () => phone.writeTo(phone.part('.more'))],
    ['Open a link…', askForLink],
    [blockedBot ? 'Unblock the bot' : 'Block the bot', () => phone.act('block', { bot: !blockedBot })],
    ['Delete the account', () => phone.act('delete-account', {}).then(() => phone.open(undefined))],
  ]
}

/**
 * The window in which a link is typed or chosen. Gives the function that shows it.
 * @param {Phone} phone
 */
function linkDialog(phone) {
  const dialog = /** @type {HTMLDialogElement} */ (phone.part('.open-link'))
  const input = /** @type {HTMLInputElement} */ (find(dialog, 'input'))
  const problem = find(dialog, '.problem')
  /** @param {string} words what is wrong; empty: nothing */
  const complain = (words) => {
    problem.textContent = words
    input.setAttribute('aria-invalid', String(words !== ''))
  }
  const use = () => {
    const link = input.value.trim()
    const words = wrongWith(link)
    complain(words)
    if (words) return input.focus()
    dialog.close()
    void phone.follow(link)
  }
  find(dialog, 'form').onsubmit = (event) => {
    event.preventDefault()
    use()
  }
  input.oninput = () => complain('')
  find(dialog, '.cancel').onclick = () => dialog.close()
  return () => {
    const title = `Open a link on ${phone.person?.firstName}’s phone`
    find(dialog, 'h2').textContent = title
    dialog.setAttribute('aria-label', title)
    input.value = ''
    complain('')
    drawLinks(find(dialog, '.rows'), phone.world.chats, (link) => {
      input.value = link
      use()
    })
    dialog.showModal()
  }
}

/**
 * Why this cannot be opened; empty when it can.
 * @param {string} link
 */
function wrongWith(link) {
  if (link === '') return 'Write a link, or choose one below.'
  if (isTelegramLink(link) || isWebLink(link)) return ''
  return 'That is no link: one begins with t.me/ or https://, a public name with @.'
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
