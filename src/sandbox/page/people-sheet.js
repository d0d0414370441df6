import { avatarOf, button, element, find, findAll, reconcile } from './dom.js'
import { roving, settleRoving } from './roving.js'
import { opensSheet } from './sheets.js'

/** @import { Phone } from './phone.js' */
/** @import { Person } from './types.js' */

/** From so many people on there is a line to search them. */
const many = 8

/** The sheet in which a phone is given to somebody else, or to somebody new. */
export class PeopleSheet {
  /** @param {Phone} phone */
  constructor(phone) {
    this.phone = phone
    this.sheet = phone.part('.people')
    this.rows = find(this.sheet, '.rows')
    this.line = /** @type {HTMLInputElement} */ (find(this.sheet, '.search'))
    this.line.oninput = () => this.draw()
    this.line.onkeydown = (event) => this.onKey(event)
    roving(this.rows, '.row')
    opensSheet(phone.part('.person'), this.sheet, () => this.begin())
    this.written = false
    this.sheet.addEventListener('input', () => (this.written = true))
    const form = /** @type {HTMLFormElement} */ (find(this.sheet, '.create'))
    form.onsubmit = async (event) => {
      event.preventDefault()
      const { username, ...person } = Object.fromEntries(new FormData(form))
      const made = await phone.create({ ...person, ...(username && { username }) })
      if (made) this.sheet.hidePopover()
    }
  }

  begin() {
    const { person, namesake, suggestion } = this.phone
    const field = (/** @type {string} */ name) =>
      /** @type {HTMLInputElement} */ (find(this.sheet, `.create [name=${name}]`))
    field('username').value = ''
    field('firstName').value = person || namesake ? '' : suggestion
    this.line.value = ''
    this.written = false
    this.draw()
  }

  /** With each new state of the world: who has come since the sheet was opened is in it, too. */
  refresh() {
    if (!this.sheet.matches(':popover-open')) return
    const [known] = findAll(this.rows, '.row')
    this.draw()
    // Opened before anybody was known, it is as if it were opened now, unless somebody is being made up already.
    if (!known && !this.written) findAll(this.rows, '.row')[0]?.focus()
  }

  /** Everybody to whom the phone can be given and whose name fits what is searched; accounts of programs come last. */
  draw() {
    const { phone, line } = this
    const people = phone.world.users.filter(({ deleted }) => !deleted)
    const sorted = [...people.filter(({ host }) => !host), ...people.filter(({ host }) => host)]
    line.hidden = people.length < many
    const wanted = line.hidden ? '' : line.value.trim().toLowerCase()
    /** @type {(text: string) => boolean} */
    const fits = (text) => text.toLowerCase().includes(wanted)
    const called = sorted.filter(({ firstName }) => fits(firstName))
    // Whoever is called so comes before those with such an id.
    const fitting = [...called, ...sorted.filter((one) => !called.includes(one) && fits(nameOf(one)))]
    reconcile(
      this.rows,
      fitting.length === 0
        ? [{ key: 'none', shape: '', make: () => element('li', { className: 'hint none' }, this.emptyWords) }]
        : fitting.map((person) => ({
            key: person.id,
            shape: JSON.stringify([person.firstName, person.username, person.id === phone.me]),
            make: () => personRow(person, person.id === phone.me, () => this.choose(person.id)),
          })),
    )
    settleRoving(this.rows, '.row')
  }

  /**
   * From the line that searches: down to those who were found, or at once to the first of them.
   * @param {KeyboardEvent} event
   */
  onKey(event) {
    const [first] = findAll(this.rows, '.row')
    if (!first || event.isComposing) return
    if (event.key === 'ArrowDown') first.focus()
    else if (event.key === 'Enter' && this.line.value.trim()) first.click()
    else return
    event.preventDefault()
  }

  get emptyWords() {
    return this.line.value ? 'Nobody is called like that.' : 'Nobody is here yet. Make somebody up:'
  }

  /** @param {number} id */
  choose(id) {
    this.sheet.hidePopover()
    void this.phone.become(id)
  }
}

/** @param {Person} person */
const nameOf = ({ id, username, host }) => {
  const name = username ? `@${username}` : `id ${id}`
  return host ? `${name} · account of a program` : name
}

/**
 * @param {Person} person
 * @param {boolean} held whether the phone is theirs
 * @param {() => void} choose
 */
const personRow = (person, held, choose) =>
  element(
    'li',
    {},
    button(
      { className: 'row', onclick: choose, 'aria-pressed': String(held) },
      avatarOf(person.firstName, person.id),
      element(
        'span',
        { className: 'who' },
        element('span', { className: 'title' }, person.firstName),
        element('small', {}, nameOf(person)),
      ),
      held ? element('small', { className: 'end' }, 'has this phone') : '',
    ),
  )
