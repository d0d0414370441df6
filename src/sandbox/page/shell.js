import { roving } from './roving.js'

const themes = [
  { name: '', sign: '◐', words: 'Colours: as the system' },
  { name: 'light', sign: '☀', words: 'Colours: light' },
  { name: 'dark', sign: '☾', words: 'Colours: dark' },
]

/** A button that goes through the system's colours, light and dark. The choice is remembered. */
export function chooseTheme(key) {
  let at = Math.max(
    0,
    themes.findIndex(({ name }) => name === localStorage.getItem('theme')),
  )
  const show = () => {
    const { name, sign, words } = themes[at]
    document.documentElement.dataset.theme = name
    key.textContent = sign
    key.title = words
    key.setAttribute('aria-label', words)
  }
  key.onclick = () => {
    at = (at + 1) % themes.length
    localStorage.setItem('theme', themes[at].name)
    show()
  }
  show()
}

/** The window with the shortcuts, by its button and by `?`. */
export function helpDialog(key, dialog) {
  key.onclick = () => dialog.showModal()
  addEventListener('keydown', (event) => {
    if (event.key !== '?' || event.target.matches('input, select, textarea')) return
    event.preventDefault()
    if (!document.querySelector('dialog[open]')) dialog.showModal()
  })
}

/** On a narrow window one part is shown at a time, by tabs; on a wide one all are. Alt and a digit go to a part. */
export function tabs(parts) {
  const list = parts[0].tab.closest('[role=tablist]')
  const show = (chosen) => {
    for (const one of parts) {
      const on = one === chosen
      one.tab.setAttribute('aria-selected', String(on))
      one.tab.tabIndex = on ? 0 : -1
      one.panel.classList.toggle('front', on)
    }
  }
  roving(list, '[role=tab]')
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
    /** The names of those whose phones they are, and what they have not read. */
    label(names, unread) {
      names.forEach((name, index) => {
        const words = unread[index] ? `${name} (${unread[index]})` : name
        if (parts[index].tab.textContent !== words) parts[index].tab.textContent = words
      })
    },
  }
}
