/** Builds an element; children are text or elements, never markup. Names with a dash become attributes. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes('-') || name === 'role') made.setAttribute(name, value)
    else made[name] = value
  }
  made.append(...children.filter((child) => child !== undefined && child !== ''))
  return made
}

/** A button that does something and belongs to no form. */
export const button = (properties, ...children) => element('button', { type: 'button', ...properties }, ...children)

/** A colour and a letter that stay the same for a name. */
export function paintAvatar(avatar, name, id) {
  avatar.textContent = [...name.trim()][0]?.toUpperCase() ?? '?'
  avatar.style.setProperty('--hue', String(hueOf(id)))
  return avatar
}
export const avatarOf = (name, id) =>
  paintAvatar(element('span', { className: 'avatar', 'aria-hidden': 'true' }), name, id)
export const hueOf = (id) => (Math.abs(Number(id)) * 67 + 20) % 360

export const clockOf = (at) =>
  new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

/** `4 s`, `2:05`, `1 h 12 min` */
export function spanOf(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}

const shownRows = new WeakMap()

/**
 * Brings a list to what `rows` say ({key, shape, make}); a row whose shape is the same is left alone, so that focus,
 * selection and what a screen reader has read stay. Gives whether rows were added.
 */
export function reconcile(list, rows) {
  const before = shownRows.get(list) ?? new Map()
  const after = new Map()
  const focused = list.contains(document.activeElement) ? document.activeElement : undefined
  let added = false
  let refocus
  rows.forEach(({ key, shape, make }, index) => {
    const known = before.get(key)
    const item = known?.shape === shape ? known.item : make()
    after.set(key, { shape, item })
    if (known && known.item !== item) {
      if (focused && known.item.contains(focused)) refocus = item
      known.item.replaceWith(item)
    }
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null)
    added ||= !known
  })
  for (const [key, { item }] of before) if (!after.has(key)) item.remove()
  shownRows.set(list, after)
  if (refocus) (refocus.matches('button') ? refocus : refocus.querySelector('button, a, [tabindex]'))?.focus()
  else if (focused?.isConnected && document.activeElement !== focused) focused.focus()
  return added
}

/** Empties a list that `reconcile` fills. */
export function emptyList(list) {
  shownRows.delete(list)
  list.replaceChildren()
}
