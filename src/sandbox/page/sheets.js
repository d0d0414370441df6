import { findAll } from './dom.js'

/**
 * Small windows that open from a button and close with Escape or a click elsewhere (the browser's popovers), placed
 * beside the button.
 * @param {HTMLElement} opener
 * @param {HTMLElement} sheet
 * @param {() => void} onOpen fills the sheet before it is shown
 */
export function opensSheet(opener, sheet, onOpen) {
  staysBeside(sheet, () => opener)
  opener.addEventListener('click', () => {
    if (sheet.matches(':popover-open')) return sheet.hidePopover()
    onOpen()
    showBeside(opener, sheet)
  })
  // A click on the opener closes the open sheet by itself, and must not open it again.
  opener.addEventListener('pointerdown', (event) => {
    if (sheet.matches(':popover-open')) event.preventDefault()
  })
  sheet.addEventListener('toggle', ({ newState }) => opener.setAttribute('aria-expanded', String(newState === 'open')))
}

/**
 * One small window for many buttons. Gives the function that shows it beside one of them.
 * @param {HTMLElement} sheet
 * @returns {(opener: HTMLElement) => void}
 */
export function sharedSheet(sheet) {
  /** @type {HTMLElement | undefined} */
  let current
  staysBeside(sheet, () => current)
  return (opener) => {
    current = opener
    showBeside(opener, sheet)
  }
}

/**
 * @param {HTMLElement} opener
 * @param {HTMLElement} sheet
 */
function showBeside(opener, sheet) {
  sheet.showPopover()
  place(sheet, opener)
  const first = findAll(sheet, '[aria-pressed=true]')[0] ?? findAll(sheet, 'button, input:not([type=search])')[0]
  first?.focus()
  first?.scrollIntoView({ block: 'nearest' })
}

/**
 * An open sheet is beside its opener whatever becomes of the window and of what is in the sheet; the focus goes back.
 * @param {HTMLElement} sheet
 * @param {() => HTMLElement | undefined} openerOf
 */
function staysBeside(sheet, openerOf) {
  const settle = () => {
    const opener = openerOf()
    if (opener && sheet.matches(':popover-open')) place(sheet, opener)
  }
  addEventListener('resize', settle)
  new ResizeObserver(settle).observe(sheet)
  sheet.addEventListener('toggle', ({ newState }) => {
    if (newState === 'closed' && (sheet.contains(document.activeElement) || document.activeElement === document.body))
      openerOf()?.focus()
  })
}

/**
 * Beside the opener, within its phone where the sheet fits into that, and within the window.
 * @param {HTMLElement} sheet
 * @param {HTMLElement} opener
 */
function place(sheet, opener) {
  const near = opener.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = sheet
  const screen = opener.closest('.phone')?.querySelector('.screen')?.getBoundingClientRect()
  const right = screen && screen.width > width + 16 ? Math.min(screen.right, innerWidth) : innerWidth
  const left = Math.max(8, Math.min(near.left, right - width - 8))
  const below = near.bottom + 6
  sheet.style.left = `${left}px`
  sheet.style.top = `${below + height > innerHeight ? Math.max(8, near.top - height - 6) : below}px`
}
