import { avatarOf, button, find } from './dom.js'
import { roving, settleRoving } from './roving.js'
import { sharedSheet } from './sheets.js'

/** @import { Phone } from './phone.js' */
/** @typedef {{ id: number, title: string }} Target */

/**
 * The small window of a phone in which one says where to: a message of the open chat goes on to another one, or somebody
 * is written to. Gives the functions that ask, beside what was pressed.
 * @param {Phone} phone
 */
export function asksWhereTo(phone) {
  const sheet = phone.part('.targets')
  const menu = find(sheet, '[role=menu]')
  const show = sharedSheet(sheet)
  roving(menu, 'button')
  /**
   * @param {string} words
   * @param {Target[]} targets
   * @param {HTMLElement} opener
   * @param {(id: number) => unknown} take
   */
  const ask = (words, targets, opener, take) => {
    find(sheet, '.hint').textContent = words
    menu.setAttribute('aria-label', words)
    menu.replaceChildren(
      ...targets.map(({ id, title }) => {
        const onclick = () => {
          sheet.hidePopover()
          take(id)
        }
        return button({ role: 'menuitem', className: 'row', onclick }, avatarOf(title, id), title)
      }),
    )
    settleRoving(menu, 'button')
    show(opener)
  }
  return {
    /** @type {(message: number, opener: HTMLElement) => void} */
    forward: (message, opener) => {
      const { shown, rows, world } = phone
      const bot = world.bot && !rows.some(({ id }) => id === world.bot?.id) ? [world.bot] : []
      const targets = [...rows, ...bot.map(({ id, firstName }) => ({ id, title: firstName }))]
      const others = targets.filter(({ id }) => id !== shown)
      if (others.length === 0) return phone.toast('There is no other chat to forward to.')
      ask('Forward to', others, opener, async (id) => {
        const sent = await phone.act('send', { chat: id, forward: { chat: shown, message } })
        if (sent) await phone.open(id)
      })
    },
    /** @type {(opener: HTMLElement) => void} */
    write: (opener) => {
      const people = phone.world.users.filter(({ id, deleted }) => id !== phone.me && !deleted)
      const others = people.map(({ id, firstName }) => ({ id, title: firstName }))
      const saved = phone.me === undefined ? [] : [{ id: phone.me, title: 'Saved Messages' }]
      ask('Write to', [...saved, ...others], opener, (id) => phone.open(id))
    },
  }
}
