import { element } from './dom.js'

/** The line in which a person writes, with the bot's commands: by the button beside it, or by writing a slash. */
export class Composer {
  /**
   * @param part finds an element of the phone
   * @param send takes a text; resolves with whether it went out
   */
  constructor(part, send) {
    this.form = part('.composer')
    this.input = this.form.elements.text
    this.list = part('.commands')
    this.key = part('.menu-key')
    this.send = send
    this.offered = []
    this.list.id = `commands-${part('.log').id}`
    this.input.setAttribute('aria-controls', this.list.id)
    this.form.onsubmit = (event) => {
      event.preventDefault()
      this.submit()
    }
    this.input.oninput = () => this.suggest()
    this.input.onkeydown = (event) => this.onKey(event)
    this.input.onblur = () => this.close()
    this.key.onclick = () => this.toggle()
    // A press on a command must not take the focus from the line, which would close the list.
    for (const target of [this.list, this.key]) target.onpointerdown = (event) => event.preventDefault()
  }

  set commands(commands) {
    this.all = commands
    this.key.hidden = commands.length === 0
  }

  get isOpen() {
    return !this.list.hidden
  }

  async submit(text = this.input.value) {
    const typed = this.input.value
    if (!text.trim()) return
    this.close()
    if ((await this.send(text)) && this.input.value === typed) this.input.value = ''
  }

  toggle() {
    if (this.isOpen) return this.close()
    this.input.focus()
    this.offer(this.all)
  }

  suggest() {
    const typed = /^\/(\w*)$/.exec(this.input.value)?.[1]
    if (typed === undefined) return this.close()
    this.offer(this.all.filter(({ command }) => command.startsWith(typed.toLowerCase())))
  }

  offer(commands) {
    this.offered = commands
    this.list.replaceChildren(
      ...commands.map(({ command, description }, index) =>
        element(
          'li',
          { role: 'option', id: `${this.list.id}-${index}`, onclick: () => this.submit(`/${command}`) },
          element('b', {}, `/${command}`),
          element('span', {}, description),
        ),
      ),
    )
    this.open(commands.length > 0)
    this.choose(0)
  }

  open(open) {
    this.list.hidden = !open
    for (const part of [this.input, this.key]) part.setAttribute('aria-expanded', String(open))
    if (!open) this.input.removeAttribute('aria-activedescendant')
  }

  close() {
    this.open(false)
  }

  choose(index) {
    this.chosen = index
    for (const [at, item] of [...this.list.children].entries()) {
      item.setAttribute('aria-selected', String(at === index))
      if (at !== index) continue
      this.input.setAttribute('aria-activedescendant', item.id)
      item.scrollIntoView({ block: 'nearest' })
    }
  }

  onKey(event) {
    if (!this.isOpen) return
    const count = this.offered.length
    if (event.key === 'ArrowDown') this.choose((this.chosen + 1) % count)
    else if (event.key === 'ArrowUp') this.choose((this.chosen + count - 1) % count)
    else if (event.key === 'Enter') this.submit(`/${this.offered[this.chosen].command}`)
    else if (event.key === 'Escape') {
      this.close()
      event.stopPropagation()
    } else return
    event.preventDefault()
  }
}
