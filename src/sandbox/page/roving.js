const forward = ['ArrowDown', 'ArrowRight']
const backward = ['ArrowUp', 'ArrowLeft']

const members = (group, selector) => [...group.querySelectorAll(selector)].filter((item) => !item.disabled)

/** Makes a group one stop of the Tab key, in which the arrow keys, Home and End move. */
export function roving(group, selector) {
  group.addEventListener('keydown', (event) => {
    const items = members(group, selector)
    const at = items.indexOf(event.target.closest(selector))
    if (at < 0) return
    const last = items.length - 1
    let next
    if (forward.includes(event.key)) next = at === last ? 0 : at + 1
    else if (backward.includes(event.key)) next = at === 0 ? last : at - 1
    else if (event.key === 'Home') next = 0
    else if (event.key === 'End') next = last
    else return
    event.preventDefault()
    items[next].focus()
  })
  group.addEventListener('focusin', (event) => {
    const item = event.target.closest(selector)
    if (item) hold(members(group, selector), item)
  })
}

/** After a group has changed: exactly one of it can be reached by Tab. */
export function settleRoving(group, selector) {
  const items = members(group, selector)
  if (items.length > 0) hold(items, items.find((item) => item.tabIndex === 0 && item.dataset.held) ?? items[0])
}

function hold(items, held) {
  for (const item of items) {
    item.tabIndex = item === held ? 0 : -1
    if (item === held) item.dataset.held = 'yes'
    else delete item.dataset.held
  }
}
