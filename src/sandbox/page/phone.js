import { get, post } from './api.js'
import { Composer } from './composer.js'
import { emptyList, find, findAll, reconcile } from './dom.js'
import { JoinRequests } from './join-requests.js'
import { isTelegramLink, isWebLink, messageItem } from './messages.js'
import { drawChats, drawPeople } from './phone-lists.js'
import { givesMenu } from './phone-menu.js'
import { drawTop } from './phone-top.js'
import { roving } from './roving.js'
import { opensSheet } from './sheets.js'

/** @import { Acts, Key, Message, Person, Row, World } from './types.js' */

const toastMs = 6_000

/** One phone: whose it is, which chat is open, and what it shows. Everything comes from the control API. */
export class Phone {
  /**
   * @param {HTMLElement} place the element it lives in
   * @param {string} suggestion a first name for a new person
   * @param {() => Promise<void>} redraw fetches the state of the world and gives it to every phone
   */
  constructor(place, suggestion, redraw) {
    this.place = place
    this.suggestion = suggestion
    this.redraw = redraw
    const template = /** @type {HTMLTemplateElement} */ (find(document, '#phone-template'))
    place.append(template.content.cloneNode(true))
    /** @type {number | undefined} */
    this.me = Number(localStorage.getItem(place.id)) || undefined
    /** @type {Person | undefined} */
    this.person = undefined
    /** The chat that is open, and the one that is shown: those differ until the world knows the person. */
    /** @type {number | undefined} */
    this.chat = undefined
    /** @type {number | undefined} */
    this.shown = undefined
    /** Titles of the groups in which the person was when last looked at. @type {Map<number, string> | undefined} */
    this.known = undefined
    this.unread = 0
    /** @type {World} */
    this.world = { users: [], chats: [], clockOffsetMs: 0, ops: false, fetchedAt: 0 }
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.toasting = undefined
    /** @type {(selector: string) => HTMLElement} */
    this.part = (selector) => find(place, selector)
    this.part('.log').id = `${place.id}-log`
    this.requests = new JoinRequests()
    this.atEnd = true
    this.composer = new Composer(this.part, (content) => this.act('send', { chat: this.chat, ...content }))
    this.listen()
  }

  listen() {
    const people = this.part('.people')
    const form = /** @type {HTMLFormElement} */ (this.part('.create'))
    const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (find(form, `[name=${name}]`))
    opensSheet(this.part('.person'), people, () => {
      field('username').value = ''
      field('firstName').value = this.person || this.namesake ? '' : this.suggestion
      const others = this.world.users.filter((user) => !user.host && !user.deleted)
      drawPeople(find(people, '.rows'), this, others, (id) => {
        people.hidePopover()
        this.become(id)
      })
    })
    form.onsubmit = async (event) => {
      event.preventDefault()
      const { username, ...person } = Object.fromEntries(new FormData(form))
      const made = await this.create({ ...person, ...(username && { username }) })
      if (made) people.hidePopover()
    }
    givesMenu(this)
    roving(this.part('.chats'), '.chat')
    roving(find(people, '.rows'), '.row')
    roving(this.part('.chips'), 'button')
    const log = this.part('.log')
    log.onscroll = () => (this.atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60)
    // Whoever looks at the newest goes on looking at it when the window changes.
    new ResizeObserver(() => this.atEnd && log.scrollTo(0, log.scrollHeight)).observe(log)
    this.part('.back').onclick = () => this.open(undefined)
    this.place.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.defaultPrevented || this.shown === undefined) return
      if (!document.querySelector('dialog[open], :popover-open')) this.open(undefined)
    })
  }

  /**
   * Makes a person, who gets this phone.
   * @param {object} person
   */
  async create(person) {
    const made = await this.say(() => post('users', person))
    if (made) await this.become(made.id)
    return made
  }

  /** Somebody who bears the suggested name already and can be given the phone. */
  get namesake() {
    return this.world.users.find(
      (user) => user.firstName === this.suggestion && !user.host && !user.deleted && !user.blockedBot,
    )
  }

  /** Gives the phone to the suggested person, who is made only where there is none. */
  async takeSuggested() {
    const known = this.namesake
    if (known) await this.become(known.id)
    else await this.create({ firstName: this.suggestion })
  }

  /**
   * Gives the phone to somebody; the chat with the bot opens.
   * @param {number} id
   */
  async become(id) {
    this.me = id
    localStorage.setItem(this.place.id, String(id))
    this.known = undefined
    this.requests.clear()
    this.toast('')
    await this.open(this.world.bot?.id)
  }

  /** @param {number | undefined} chat undefined: the list of chats */
  async open(chat) {
    const from = this.chat
    this.chat = chat
    await this.redraw()
    if (!this.person) return
    if (this.shown !== undefined) return this.composer.input.focus()
    const rows = findAll(this.part('.chats'), '.chat')
    const row = rows.find((one) => Number(one.closest('li')?.dataset.chat) === from) ?? rows[0]
    row?.focus()
  }

  focus() {
    const target = this.shown === undefined ? findAll(this.place, '.chats button')[0] : this.composer.input
    ;(target ?? this.part('.person')).focus()
  }

  /**
   * Runs something a person does; shows in the phone what Telegram says when it is refused.
   * @template T
   * @param {() => Promise<T>} what
   * @returns {Promise<T | undefined>}
   */
  async say(what) {
    this.toast('')
    try {
      return await what()
    } catch (error) {
      this.toast(error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  /**
   * @param {string} what
   * @param {object} body
   */
  act(what, body) {
    return this.say(() => post(`users/${this.me}/${what}`, body))
  }

  /** @param {string} text */
  toast(text) {
    clearTimeout(this.toasting)
    this.part('.toast').textContent = text
    if (text) this.toasting = setTimeout(() => this.toast(''), toastMs)
  }

  /**
   * Opens a Telegram link inside the phone, any other in a new window.
   * @param {string} url
   */
  async follow(url) {
    if (!isTelegramLink(url)) return void (isWebLink(url) && window.open(url, '_blank', 'noopener'))
    const inGroup = /\.me\/c\/(\d+)/.exec(url)
    if (inGroup) return void (await this.open(-1000000000000 - Number(inGroup[1])))
    const { me } = this
    const entered = await this.act('enter', { link: url })
    if (me !== this.me) return
    if (entered?.status === 'joined') return void (await this.open(entered.chat))
    if (entered?.status !== 'requested') return
    this.requests.add(entered.chat, this.world.chats.find(({ id }) => id === entered.chat)?.title ?? 'the group')
    await this.redraw()
  }

  /**
   * @param {Message} message
   * @param {Key} key
   */
  async press(message, key) {
    const answer = await this.act('press', { chat: this.chat, message: message.id, data: key.data })
    if (answer?.answered === false) return this.toast('The bot does not answer the button.')
    if (!answer?.text) return
    if (!answer.alert) return this.toast(answer.text)
    const alert = /** @type {HTMLDialogElement} */ (this.part('.alert'))
    find(alert, 'p').textContent = answer.text
    alert.showModal()
  }

  /**
   * Shows the given state of the world; only what has changed is drawn again, so that focus stays.
   * @param {World} world
   */
  async refresh(world) {
    const { me } = this
    this.world = world
    this.person = world.users.find((user) => user.id === this.me && !user.host && !user.deleted)
    /** @type {Row[]} */
    const chats = this.person ? await get(`users/${this.me}/chats`) : []
    // The phone has been given to somebody else meanwhile: another look at the world is on its way.
    if (me !== this.me) return this.unread
    if (this.person) this.follows(chats)
    // The person may be newer than this state of the world: then the next one shows their chat.
    this.shown = this.person ? this.chat : undefined
    drawTop(this, chats)
    drawChats(this.part('.chats'), this, chats)
    await this.drawMessages()
    return this.unread
  }

  /**
   * A new group opens by itself; one that is gone closes with a word; so does a request that was not granted.
   * @param {Row[]} chats
   */
  follows(chats) {
    const groups = new Map(chats.filter((chat) => chat.type === 'supergroup').map((chat) => [chat.id, chat.title]))
    const fresh = [...groups.keys()].find((id) => this.known && !this.known.has(id))
    if (fresh !== undefined) this.chat = fresh
    else if (this.chat !== undefined && this.known?.has(this.chat) && !groups.has(this.chat)) {
      this.toast(`The group “${this.known.get(this.chat)}” is gone.`)
      this.chat = this.world.bot?.id
    }
    this.known = groups
    const refused = this.requests.update(this.world, this.me ?? 0)
    if (refused !== undefined) this.toast(`You were not let in to “${refused}”.`)
  }

  async drawMessages() {
    const log = this.part('.log')
    const chat = this.shown
    /** @type {Message[]} */
    const messages = chat !== undefined ? await get(`users/${this.me}/messages?chat=${chat}`).catch(() => []) : []
    if (chat !== this.shown) return
    const whose = `${this.me}/${chat}`
    const other = log.dataset.chat !== whose
    // What was said before is not news: a screen reader is to read only what comes now.
    log.setAttribute('aria-busy', String(other))
    if (other) {
      log.dataset.chat = whose
      emptyList(log)
    }
    const { users, bot, chats } = this.world
    const names = new Map([...users, ...(bot ? [bot] : [])].map(({ id, firstName }) => [id, firstName]))
    for (const { id, title } of chats) names.set(id, title)
    /** @type {Acts} */
    const act = {
      command: (text) => this.act('send', { chat, text }),
      open: (url) => this.follow(url),
      press: (message, key) => this.press(message, key),
    }
    const added = reconcile(
      log,
      messages.map((message, index) => {
        const before = messages[index - 1]
        const first = !before || before.service !== undefined || before.from !== message.from
        return {
          key: message.id,
          shape: JSON.stringify([message, first, names.get(message.from)]),
          make: () => messageItem(message, { me: this.me, names, first, act }),
        }
      }),
    )
    if (other || (added && (this.atEnd || messages.at(-1)?.from === this.me))) log.scrollTop = log.scrollHeight
    if (other) setTimeout(() => log.setAttribute('aria-busy', 'false'))
  }
}
