/** @import { Drawn } from './types.js' */

/** @typedef {string | Node | undefined} Child */

/**
 * The part of the page that is known to be there.
 * @param {ParentNode} place
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function find(place, selector) {
  const found = place.querySelector(selector)
  if (!(found instanceof HTMLElement)) throw new Error(`There is no ${selector}.`)
  return found
}

/**
 * Every element of a page that fits.
 * @param {ParentNode} place
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
export const findAll = (place, selector) =>
  [...place.querySelectorAll(selector)].filter((one) => one instanceof HTMLElement)

/**
 * Builds an element; children are text or elements, never markup. Names with a dash become attributes.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} properties
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes('-') || name === 'role') made.setAttribute(name, String(value))
    else Object.assign(made, { [name]: value })
  }
  for (const child of children) if (child !== undefined && child !== '') made.append(child)
  return made
}

/**
 * A button that does something and belongs to no form.
 * @type {(properties: Record<string, unknown>, ...children: Child[]) => HTMLButtonElement}
 */
export const button = (properties, ...children) => element('button', { type: 'button', ...properties }, ...children)

/**
 * A colour and a letter that stay the same for a name.
 * @param {HTMLElement} avatar
 * @param {string} name
 * @param {number | string} id
 */
export function paintAvatar(avatar, name, id) {
  avatar.textContent = initialsOf(name)
  avatar.classList.toggle('nobody', !id)
  avatar.style.setProperty('--hue', String(hueOf(id)))
  return avatar
}
/**
 * The first letters of the first and the last word, as Telegram shows who has no picture.
 * @param {string} name
 */
function initialsOf(name) {
  const words = name.split(/\s+/).filter((word) => /^[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(word))
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0] ?? (name.trim() || '?')]
  const letters = ends.map((word) => [...new Intl.Segmenter().segment(word ?? '')][0]?.segment.toUpperCase())
  // Letters that would join, as Arabic ones do, stay apart.
  return letters.join('\u200c')
}
/** @type {(name: string, id: number | string) => HTMLElement} */
export const avatarOf = (name, id) =>
  paintAvatar(element('span', { className: 'avatar', 'aria-hidden': 'true' }), name, id)
/** @type {(id: number | string) => number} */
export const hueOf = (id) => hues[Math.abs(Number(id)) % hues.length] ?? 0
/** Hues that are easy to tell apart and carry white letters; neighbours in number get different ones. */
const hues = [208, 338, 152, 262, 22, 186, 292]

/** @type {Intl.DateTimeFormatOptions} */
const toTheMinute = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
// Made once: a long chat asks for thousands of them.
const minutes = new Intl.DateTimeFormat([], toTheMinute)
const seconds = new Intl.DateTimeFormat([], { ...toTheMinute, second: '2-digit' })
const days = new Intl.DateTimeFormat([], { day: 'numeric', month: 'long' })

/** @type {(at: number, exact?: boolean) => string} */
export const clockOf = (at, exact = false) => (exact ? seconds : minutes).format(at)

/** @type {(at: number) => string} */
export const dayOf = (at) => days.format(at)

/**
 * `4 s`, `2:05`, `1 h 12 min`, `2 d 3 h`
 * @param {number} ms
 */
export function spanOf(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`
}

/** @type {WeakMap<HTMLElement, Map<string | number, { shape: string, item: HTMLElement }>>} */
const shownRows = new WeakMap()

/**
 * Brings a list to what `rows` say ({key, shape, make}); a row whose shape is the same is left alone, so that focus,
 * selection and what a screen reader has read stay. Gives whether rows were added.
 * @param {HTMLElement} list
 * @param {readonly Drawn[]} rows
 */
export function reconcile(list, rows) {
  const before = shownRows.get(list) ?? new Map()
  const after = new Map()
  const active = document.activeElement
  const focused = active instanceof HTMLElement && list.contains(active) ? active : undefined
  let added = false
  /** @type {HTMLElement | undefined} */
  let refocus
  for (const [index, { key, shape, make }] of rows.entries()) {
    const known = before.get(key)
    const item = known?.shape === shape ? known.item : make()
    after.set(key, { shape, item })
    if (known && known.item !== item) {
      if (focused && known.item.contains(focused)) refocus = item
      known.item.replaceWith(item)
    }
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null)
    added ||= !known
  }
  for (const [key, { item }] of before) if (!after.has(key)) item.remove()
  shownRows.set(list, after)
  if (refocus) (refocus.matches('button') ? refocus : findAll(refocus, 'button, a, [tabindex]')[0])?.focus()
  else if (focused?.isConnected && document.activeElement !== focused) focused.focus()
  return added
}

/**
 * Empties a list that `reconcile` fills.
 * @param {HTMLElement} list
 */
export function emptyList(list) {
  shownRows.delete(list)
  list.replaceChildren()
}
