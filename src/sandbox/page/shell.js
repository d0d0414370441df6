import { find } from './dom.js'
import { roving } from './roving.js'

const system = { name: '', sign: '◐', words: 'Colours: as the system' }
const themes = [
  system,
  { name: 'light', sign: '☀', words: 'Colours: light' },
  { name: 'dark', sign: '☾', words: 'Colours: dark' },
]

/**
 * A button that goes through the system's colours, light and dark. The choice is remembered.
 * @param {HTMLElement} key
 */
export function chooseTheme(key) {
  const chosen = themes.findIndex(({ name }) => name === localStorage.getItem('theme'))
  let theme = themes[chosen] ?? system
  const show = () => {
    const { name, sign, words } = theme
    document.documentElement.dataset.theme = name
    key.textContent = sign
    key.title = words
    key.setAttribute('aria-label', words)
  }
  key.onclick = () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length] ?? system
    localStorage.setItem('theme', theme.name)
    show()
  }
  show()
}

/**
 * The window with the shortcuts, by its button and by `?`.
 * @param {HTMLElement} key
 * @param {HTMLDialogElement} dialog
 */
export function helpDialog(key, dialog) {
  key.onclick = () => dialog.showModal()
  addEventListener('keydown', (event) => {
    if (event.key !== '?' || (event.target instanceof Element && event.target.matches('input, select, textarea')))
      return
    event.preventDefault()
    if (!document.querySelector('dialog[open]')) dialog.showModal()
  })
}

/**
 * On a narrow window one part is shown at a time, by tabs; on a wide one all are. Alt and a digit go to a part.
 * @typedef {{ tab: HTMLElement, panel: HTMLElement, focus: () => void }} Part
 * @param {[Part, ...Part[]]} parts
 */
export function tabs(parts) {
  /** @param {Part} chosen */
  const show = (chosen) => {
    for (const one of parts) {
      const on = one === chosen
      one.tab.setAttribute('aria-selected', String(on))
      one.tab.tabIndex = on ? 0 : -1
      one.panel.classList.toggle('front', on)
    }
  }
  roving(find(document, '[role=tablist]'), '[role=tab]')
  for (const one of parts) {
    one.tab.onclick = () => show(one)
    one.tab.onfocus = () => show(one)
  }
  show(parts[0])
  addEventListener('keydown', (event) => {
    const chosen = event.altKey && /^Digit[1-9]$/.test(event.code) && parts[Number(event.code.slice(-1)) - 1]
    if (!chosen) return
    event.preventDefault()
    show(chosen)
    chosen.focus()
  })
  return {
    /**
     * The names of those whose phones they are, and what they have not read.
     * @param {string[]} names
     * @param {number[]} unread
     */
    label(names, unread) {
      for (const [index, { tab }] of parts.entries()) {
        const [name, count] = [names[index], unread[index]]
        if (name === undefined) continue
        const words = count ? `${name} (${count})` : name
        if (tab.textContent !== words) tab.textContent = words
      }
    },
  }
}
