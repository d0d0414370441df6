import { button, element } from './dom.js'
import { roving, settleRoving } from './roving.js'
import { opensSheet } from './sheets.js'

/** The menu of a phone: what one does seldom. */
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

function itemsFor(phone, askForLink) {
  const { person, shown, state, chat } = phone
  const inGroup = shown !== undefined && shown !== state.bot?.id
  const { blockedBot } = person
  return [
    ...(inGroup ? [['Leave the group', () => phone.act('leave', { chat })]] : []),
    ['Open a link…', askForLink],
    [blockedBot ? 'Unblock the bot' : 'Block the bot', () => phone.act('block', { bot: !blockedBot })],
    ['Delete the account', () => phone.act('delete-account', {}).then(() => phone.open(undefined))],
  ]
}

/** The window in which a link is typed or chosen. Gives the function that shows it. */
function linkDialog(phone) {
  const dialog = phone.part('.open-link')
  const input = dialog.querySelector('input')
  dialog.onclose = () => {
    const link = input.value.trim()
    if (dialog.returnValue === 'open' && link) phone.follow(link)
  }
  return () => {
    const title = `Open a link on ${phone.person.firstName}’s phone`
    dialog.querySelector('h2').textContent = title
    dialog.setAttribute('aria-label', title)
    input.value = ''
    dialog.returnValue = ''
    drawLinks(dialog.querySelector('.rows'), phone.state.chats, (link) => {
      input.value = link
      dialog.close('open')
    })
    dialog.showModal()
  }
}

/** The links by which one can come in somewhere right now. */
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
