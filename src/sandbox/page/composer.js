import { element } from './dom.js'
import { offersPhotos } from './photo-menu.js'

/** @import { Command } from './types.js' */

/** The line in which a person writes, with the bot's commands: by the button beside it, or by writing a slash. */
export class Composer {
  /**
   * @param {(selector: string) => HTMLElement} part finds an element of the phone
   * @param {(content: object) => Promise<unknown>} send takes what is to be sent, as the control API does; resolves with whether it went out
   */
  constructor(part, send) {
    this.form = part('.composer')
    this.input = /** @type {HTMLInputElement} */ (part('.composer input'))
    this.list = part('.commands')
    this.key = part('.menu-key')
    this.send = send
    /** @type {Command[]} */
    this.all = []
    /** @type {Command[]} */
    this.offered = []
    this.chosen = 0
    this.underWay = ''
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
    offersPhotos(part, (photo) => this.deliver({ photo, text: this.input.value }))
    // A press on a command must not take the focus from the line, which would close the list.
    for (const target of [this.list, this.key]) target.onpointerdown = (event) => event.preventDefault()
  }

  /** @param {Command[]} commands */
  know(commands) {
    this.all = commands
    this.key.hidden = commands.length === 0
  }

  get isOpen() {
    return !this.list.hidden
  }

  async submit(text = this.input.value) {
    if (text.trim()) await this.deliver({ text })
  }

  /**
   * What was typed is gone once it has arrived.
   * @param {object} content
   */
  async deliver(content) {
    const typed = this.input.value
    this.close()
    // What is under way is not sent once more.
    if (typed !== '' && typed === this.underWay) return
    this.underWay = typed
    const sent = await this.send(content)
    if (this.underWay === typed) this.underWay = ''
    if (sent && this.input.value === typed) this.input.value = ''
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

  /** @param {Command[]} commands */
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

  /** @param {boolean} open */
  open(open) {
    this.list.hidden = !open
    for (const part of [this.input, this.key]) part.setAttribute('aria-expanded', String(open))
    if (!open) this.input.removeAttribute('aria-activedescendant')
  }

  close() {
    this.open(false)
  }

  /** @param {number} index */
  choose(index) {
    this.chosen = index
    for (const [at, item] of [...this.list.children].entries()) {
      item.setAttribute('aria-selected', String(at === index))
      if (at !== index) continue
      this.input.setAttribute('aria-activedescendant', item.id)
      item.scrollIntoView({ block: 'nearest' })
    }
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (!this.isOpen) return
    const count = this.offered.length
    if (event.key === 'ArrowDown') this.choose((this.chosen + 1) % count)
    else if (event.key === 'ArrowUp') this.choose((this.chosen + count - 1) % count)
    else if (event.key === 'Enter') this.submit(`/${this.offered[this.chosen]?.command}`)
    else if (event.key === 'Escape') {
      this.close()
      event.stopPropagation()
    } else return
    event.preventDefault()
  }
}
