import { get } from './api.js'
import { button, element, find } from './dom.js'

/** @import { ProgramsAnswer, World } from './types.js' */

/** What points a program of one's own at the sandbox; shown while no service tells where its inner life is to be seen. */
export class Programs {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place
    this.known = false
  }

  /** @param {World} world */
  async look({ ops, bot }) {
    this.place.hidden = ops
    if (ops) return
    const words = bot?.listening
      ? `@${bot.username} listens: write to it in one of the phones.`
      : 'Nobody listens yet. Point a program of your own here; both phones talk to it as soon as it runs.'
    const hint = find(this.place, '.hint')
    if (hint.textContent !== words) hint.textContent = words
    if (!this.known) this.draw(await get('programs'))
    this.known = true
  }

  /** @param {ProgramsAnswer} answer */
  draw({ apiRoot, token, mtproto, loginCode, telegraf, gramjs }) {
    /** @type {[string, string | null][]} */
    const facts = [
      ['Bot API root', apiRoot],
      ['Bot token', token],
      ['MTProto', mtproto],
      ['Login code', loginCode],
    ]
    find(this.place, 'dl').replaceChildren(...facts.flatMap(([name, value]) => (value ? factRow(name, value) : [])))
    find(this.place, '.snippets').replaceChildren(
      ...(telegraf ? [snippet('A bot with Telegraf', telegraf)] : []),
      ...(gramjs ? [snippet('An account with GramJS', gramjs)] : []),
    )
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
const factRow = (name, value) =>
  element(
    'div',
    {},
    element('dt', {}, name),
    element('dd', {}, element('code', { title: value }, value), copyKey(name, value)),
  )

/**
 * @param {string} title
 * @param {string} text
 */
const snippet = (title, text) =>
  element(
    'details',
    {},
    element('summary', {}, title),
    element('pre', { tabIndex: 0, role: 'group', 'aria-label': title }, element('code', {}, text)),
    copyKey(title, text),
  )

/**
 * @param {string} name of what is copied
 * @param {string} text
 */
function copyKey(name, text) {
  const word = element('span', {}, 'Copy')
  const key = button({ className: 'soft copy' }, word, element('span', { className: 'aside' }, `: ${name}`))
  key.onclick = async () => {
    const done = await navigator.clipboard.writeText(text).then(
      () => 'Copied',
      () => 'Not allowed',
    )
    word.textContent = done
    setTimeout(() => (word.textContent = 'Copy'), 1_500)
  }
  return key
}
