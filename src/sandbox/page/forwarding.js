import { avatarOf, button, find } from './dom.js'
import { roving, settleRoving } from './roving.js'
import { sharedSheet } from './sheets.js'

/** @import { Phone } from './phone.js' */

/**
 * Any message of the chat that is open can go on to another chat of the person. Gives the function that asks to which
 * one, beside the button of a message.
 * @param {Phone} phone
 * @returns {(message: number, opener: HTMLElement) => void}
 */
export function forwarding(phone) {
  const sheet = phone.part('.targets')
  const menu = find(sheet, '[role=menu]')
  const show = sharedSheet(sheet)
  roving(menu, 'button')
  return (message, opener) => {
    const { shown, rows, world } = phone
    const bot = world.bot && !rows.some(({ id }) => id === world.bot?.id) ? [world.bot] : []
    const targets = [...rows, ...bot.map(({ id, firstName }) => ({ id, title: firstName }))]
    const others = targets.filter(({ id }) => id !== shown)
    if (others.length === 0) return phone.toast('There is no other chat to forward to.')
    menu.replaceChildren(
      ...others.map(({ id, title }) => {
        const forward = async () => {
          sheet.hidePopover()
          const sent = await phone.act('send', { chat: id, forward: { chat: shown, message } })
          if (sent) await phone.open(id)
        }
        return button({ role: 'menuitem', className: 'row', onclick: forward }, avatarOf(title, id), title)
      }),
    )
    settleRoving(menu, 'button')
    show(opener)
  }
}
