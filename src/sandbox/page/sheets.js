import { findAll } from './dom.js'

/**
 * Small windows that open from a button and close with Escape or a click elsewhere (the browser's popovers), placed
 * beside the button.
 * @param {HTMLElement} opener
 * @param {HTMLElement} sheet
 * @param {() => void} onOpen fills the sheet before it is shown
 */
export function opensSheet(opener, sheet, onOpen) {
  opener.addEventListener('click', () => {
    if (sheet.matches(':popover-open')) return sheet.hidePopover()
    onOpen()
    sheet.showPopover()
    place(sheet, opener.getBoundingClientRect())
    const first = findAll(sheet, '[aria-pressed=true]')[0] ?? findAll(sheet, 'button, input:not([type=search])')[0]
    first?.focus()
    first?.scrollIntoView({ block: 'nearest' })
  })
  addEventListener('resize', () => {
    if (sheet.matches(':popover-open')) place(sheet, opener.getBoundingClientRect())
  })
  // A click on the opener closes the open sheet by itself, and must not open it again.
  opener.addEventListener('pointerdown', (event) => {
    if (sheet.matches(':popover-open')) event.preventDefault()
  })
  sheet.addEventListener('toggle', ({ newState }) => {
    opener.setAttribute('aria-expanded', String(newState === 'open'))
    if (newState === 'closed' && (sheet.contains(document.activeElement) || document.activeElement === document.body))
      opener.focus()
  })
}

/**
 * @param {HTMLElement} sheet
 * @param {DOMRect} near
 */
function place(sheet, near) {
  const { offsetWidth: width, offsetHeight: height } = sheet
  const left = Math.min(Math.max(8, near.left), innerWidth - width - 8)
  const below = near.bottom + 6
  sheet.style.left = `${left}px`
  sheet.style.top = `${below + height > innerHeight ? Math.max(8, near.top - height - 6) : below}px`
}
