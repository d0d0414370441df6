import { findAll } from './dom.js'

const forward = ['ArrowDown', 'ArrowRight']
const backward = ['ArrowUp', 'ArrowLeft']

/** @type {(group: HTMLElement, selector: string) => HTMLElement[]} */
const members = (group, selector) => findAll(group, selector).filter((item) => !item.matches(':disabled, [hidden] *'))

/** @type {(event: Event, selector: string) => HTMLElement | null} */
const itemOf = ({ target }, selector) => (target instanceof Element ? target.closest(selector) : null)

/**
 * Makes a group one stop of the Tab key, in which the arrow keys, Home and End move.
 * @param {HTMLElement} group
 * @param {string} selector of its items
 */
export function roving(group, selector) {
  group.addEventListener('keydown', (event) => {
    const items = members(group, selector)
    const item = itemOf(event, selector)
    const at = item ? items.indexOf(item) : -1
    if (at < 0) return
    const last = items.length - 1
    let next
    if (forward.includes(event.key)) next = at === last ? 0 : at + 1
    else if (backward.includes(event.key)) next = at === 0 ? last : at - 1
    else if (event.key === 'Home') next = 0
    else if (event.key === 'End') next = last
    else return
    event.preventDefault()
    items[next]?.focus()
  })
  group.addEventListener('focusin', (event) => {
    const item = itemOf(event, selector)
    if (item) hold(members(group, selector), item)
  })
}

/**
 * After a group has changed: exactly one of it can be reached by Tab.
 * @param {HTMLElement} group
 * @param {string} selector of its items
 * @param {(items: HTMLElement[]) => HTMLElement | undefined} otherwise which one where none was held before
 */
export function settleRoving(group, selector, otherwise = ([first]) => first) {
  const items = members(group, selector)
  const held = items.find((item) => item.dataset.held) ?? otherwise(items)
  if (held) hold(items, held)
}

/**
 * Tab leads anew to where the group begins, unless one is in it.
 * @param {HTMLElement} group
 */
export function letGo(group) {
  if (group.contains(document.activeElement)) return
  for (const item of findAll(group, '[data-held]')) delete item.dataset.held
}

/**
 * @param {HTMLElement[]} items
 * @param {HTMLElement} held
 */
function hold(items, held) {
  for (const item of items) {
    const tabIndex = item === held ? 0 : -1
    // There may be thousands, and each change costs.
    if (item.tabIndex !== tabIndex) item.tabIndex = tabIndex
    if (item === held) item.dataset.held = 'yes'
    else if (item.dataset.held) delete item.dataset.held
  }
}
