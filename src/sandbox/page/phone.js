import { get, post } from './api.js'
import { Composer } from './composer.js'
import { controls, drawConversation } from './conversation.js'
import { find, findAll } from './dom.js'
import { JoinRequests } from './join-requests.js'
import { isTelegramLink, isWebLink } from './messages.js'
import { PeopleSheet } from './people-sheet.js'
import { drawChats } from './phone-lists.js'
import { givesMenu } from './phone-menu.js'
import { drawTop } from './phone-top.js'
import { roving } from './roving.js'
import { ScrollPosition } from './scroll-position.js'
import { asksWhereTo } from './targets.js'

/** @import { Key, Message, Person, Row, World } from './types.js' */

const toastMs = 6_000
/** What is not taken within this time is said to be under way. */
const slowMs = 700

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
    /** Which of the phones it is. */
    this.ordinal = place.getAttribute('aria-label') ?? ''
    const template = /** @type {HTMLTemplateElement} */ (find(document, '#phone-template'))
    place.append(template.content.cloneNode(true))
    /** @type {number | undefined} */
    this.me = Number(localStorage.getItem(place.id)) || undefined
    /** @type {Person | undefined} */
    this.person = undefined
    /** The chat that is open, and the one that is shown: those differ until the world knows the person. */
    /** @type {number | undefined} */
    this.chat = Number(sessionStorage.getItem(`${place.id} chat`)) || undefined
    /** @type {number | undefined} */
    this.shown = undefined
    /** Titles of the groups in which the person was when last looked at. @type {Map<number, string> | undefined} */
    this.known = undefined
    this.unread = 0
    /** The person's chats. @type {Row[]} */
    this.rows = []
    /** The id of what came last in the chat that is shown. */
    this.newest = 0
    /** What the person did and the sandbox has not taken yet. @type {Set<object>} */
    this.slow = new Set()
    /** @type {World} */
    this.world = { users: [], chats: [], clockOffsetMs: 0, ops: false, fetchedAt: 0 }
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.toasting = undefined
    /** @type {(selector: string) => HTMLElement} */
    this.part = (selector) => find(place, selector)
    this.part('.log').id = `${place.id}-log`
    this.requests = new JoinRequests()
    this.scroll = new ScrollPosition(this.part('.log'), this.part('.to-end'))
    this.composer = new Composer(this.part, (content) => this.act('send', { chat: this.chat, ...content }))
    this.people = new PeopleSheet(this)
    const { forward, write } = asksWhereTo(this)
    this.forward = forward
    this.writeTo = write
    this.listen()
  }

  listen() {
    givesMenu(this)
    roving(this.part('.chats'), '.chat')
    roving(this.part('.chips'), 'button')
    roving(this.part('.lines'), controls)
    this.part('.to-end').onclick = () => {
      this.scroll.toEnd()
      this.composer.input.focus()
    }
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
    this.keep(chat)
    await this.redraw()
    // Whoever has gone elsewhere meanwhile is not fetched back.
    const { activeElement: active, body } = document
    if (!this.person || (active && active !== body && !this.place.contains(active))) return
    if (this.shown !== undefined) return this.composer.input.focus()
    const rows = findAll(this.part('.chats'), '.chat')
    const row = rows.find((one) => Number(one.closest('li')?.dataset.chat) === from) ?? rows[0]
    row?.focus()
  }

  /**
   * Which chat is open is known after a reload, too.
   * @param {number | undefined} chat
   */
  keep(chat) {
    this.chat = chat
    sessionStorage.setItem(`${this.place.id} chat`, String(chat ?? ''))
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
  async act(what, body) {
    const doing = {}
    const late = setTimeout(() => this.tellSlow(this.slow.add(doing)), slowMs)
    try {
      return await this.say(() => post(`users/${this.me}/${what}`, body))
    } finally {
      clearTimeout(late)
      if (this.slow.delete(doing)) this.tellSlow(this.slow)
    }
  }

  /** @param {Set<object>} doing what the sandbox has not taken yet */
  tellSlow({ size }) {
    this.part('.unsent').textContent = size > 0 ? 'Under way: not taken yet…' : ''
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
    this.person = world.users.find((user) => user.id === this.me && !user.deleted)
    this.people.refresh()
    /** @type {Row[]} */
    const chats = this.person ? await get(`users/${this.me}/chats`) : []
    // The phone has been given to somebody else meanwhile: another look at the world is on its way.
    if (me !== this.me) return this.unread
    this.rows = chats
    if (this.person) this.follows(chats)
    // The person may be newer than this state of the world: then the next one shows their chat.
    this.shown = this.person ? this.chat : undefined
    drawTop(this, chats)
    drawChats(this.part('.chats'), this, chats)
    await drawConversation(this)
    return this.unread
  }

  /**
   * A new group opens by itself; one that is gone closes with a word; so does a request that was not granted.
   * @param {Row[]} chats
   */
  follows(chats) {
    const groups = new Map(chats.filter((chat) => chat.type === 'supergroup').map((chat) => [chat.id, chat.title]))
    const fresh = [...groups.keys()].find((id) => this.known && !this.known.has(id))
    if (fresh !== undefined) this.keep(fresh)
    else if (!this.known && this.chat !== undefined && !chats.some(({ id }) => id === this.chat))
      this.keep(this.world.bot?.id)
    else if (this.chat !== undefined && this.known?.has(this.chat) && !groups.has(this.chat)) {
      this.toast(`The group “${this.known.get(this.chat)}” is gone.`)
      this.keep(this.world.bot?.id)
    }
    this.known = groups
    const refused = this.requests.update(this.world, this.me ?? 0)
    if (refused !== undefined) this.toast(`You were not let in to “${refused}”.`)
  }
}
