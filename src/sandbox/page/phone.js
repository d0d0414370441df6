import { get, post } from './api.js'
import { Composer } from './composer.js'
import { button, clockOf, emptyList, paintAvatar, reconcile } from './dom.js'
import { JoinRequests } from './join-requests.js'
import { isTelegramLink, isWebLink, messageItem } from './messages.js'
import { drawChats, drawPeople } from './phone-lists.js'
import { givesMenu } from './phone-menu.js'
import { roving, settleRoving } from './roving.js'
import { opensSheet } from './sheets.js'

const toastMs = 6_000

/** One phone: whose it is, which chat is open, and what it shows. Everything comes from the control API. */
export class Phone {
  /**
   * @param place the element it lives in
   * @param suggestion a first name for a new person
   * @param redraw fetches the state of the world and gives it to every phone
   */
  constructor(place, suggestion, redraw) {
    this.place = place
    this.suggestion = suggestion
    this.redraw = redraw
    place.append(document.getElementById('phone-template').content.cloneNode(true))
    this.me = Number(localStorage.getItem(place.id)) || undefined
    this.part = (selector) => place.querySelector(selector)
    this.part('.log').id = `${place.id}-log`
    this.requests = new JoinRequests()
    this.atEnd = true
    this.composer = new Composer(this.part, (text) => this.act('send', { chat: this.chat, text }))
    this.listen()
  }

  listen() {
    const people = this.part('.people')
    const form = this.part('.create')
    opensSheet(this.part('.person'), people, () => {
      form.elements.username.value = ''
      form.elements.firstName.value = this.person || this.namesake ? '' : this.suggestion
      const others = this.state.users.filter((user) => !user.host && !user.deleted)
      drawPeople(people.querySelector('.rows'), this, others, (id) => {
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
    roving(people.querySelector('.rows'), '.row')
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

  /** Makes a person, who gets this phone. */
  async create(person) {
    const made = await this.say(() => post('users', person))
    if (made) await this.become(made.id)
    return made
  }

  /** Somebody who bears the suggested name already and can be given the phone. */
  get namesake() {
    return this.state.users.find(
      (user) => user.firstName === this.suggestion && !user.host && !user.deleted && !user.blockedBot,
    )
  }

  /** Gives the phone to the suggested person, who is made only where there is none. */
  async takeSuggested() {
    const known = this.namesake
    if (known) await this.become(known.id)
    else await this.create({ firstName: this.suggestion })
  }

  /** Gives the phone to somebody; the chat with the bot opens. */
  async become(id) {
    this.me = id
    localStorage.setItem(this.place.id, String(id))
    this.known = undefined
    this.requests.clear()
    this.toast('')
    await this.open(this.state?.bot?.id)
  }

  async open(chat) {
    const from = this.chat
    this.chat = chat
    await this.redraw()
    if (!this.person) return
    if (this.shown !== undefined) return this.composer.input.focus()
    const rows = [...this.part('.chats').querySelectorAll('.chat')]
    ;(rows.find((row) => Number(row.closest('li').dataset.chat) === from) ?? rows[0])?.focus()
  }

  focus() {
    const target = this.shown === undefined ? this.part('.chats button') : this.composer.input
    ;(target ?? this.part('.person')).focus()
  }

  /** Runs something a person does; shows in the phone what Telegram says when it is refused. */
  async say(what) {
    this.toast('')
    try {
      return await what()
    } catch (error) {
      this.toast(error.message)
      return undefined
    }
  }

  act(what, body) {
    return this.say(() => post(`users/${this.me}/${what}`, body))
  }

  toast(text) {
    clearTimeout(this.toasting)
    this.part('.toast').textContent = text
    if (text) this.toasting = setTimeout(() => this.toast(''), toastMs)
  }

  /** Opens a Telegram link inside the phone, any other in a new window. */
  async follow(url) {
    if (!isTelegramLink(url)) return void (isWebLink(url) && window.open(url, '_blank', 'noopener'))
    const inGroup = /\.me\/c\/(\d+)/.exec(url)
    if (inGroup) return void (await this.open(-1000000000000 - Number(inGroup[1])))
    const { me } = this
    const entered = await this.act('enter', { link: url })
    if (me !== this.me) return
    if (entered?.status === 'joined') return void (await this.open(entered.chat))
    if (entered?.status !== 'requested') return
    this.requests.add(entered.chat, this.state.chats.find(({ id }) => id === entered.chat)?.title ?? 'the group')
    await this.redraw()
  }

  async press(message, key) {
    const answer = await this.act('press', { chat: this.chat, message: message.id, data: key.data })
    if (answer?.answered === false) return this.toast('The bot does not answer the button.')
    if (!answer?.text) return
    if (!answer.alert) return this.toast(answer.text)
    const alert = this.part('.alert')
    alert.querySelector('p').textContent = answer.text
    alert.showModal()
  }

  /** Shows the given state of the world; only what has changed is drawn again, so that focus stays. */
  async refresh(state) {
    const { me } = this
    this.state = state
    this.person = state.users.find((user) => user.id === this.me && !user.host && !user.deleted)
    const chats = this.person ? await get(`users/${this.me}/chats`) : []
    // The phone has been given to somebody else meanwhile: another look at the world is on its way.
    if (me !== this.me) return this.unread
    if (this.person) this.follows(chats)
    // The person may be newer than this state of the world: then the next one shows their chat.
    this.shown = this.person ? this.chat : undefined
    this.drawTop(chats)
    drawChats(this.part('.chats'), this, chats)
    await this.drawMessages()
    return this.unread
  }

  /** A new group opens by itself; one that is gone closes with a word; so does a request that was not granted. */
  follows(chats) {
    const groups = new Map(chats.filter((chat) => chat.type === 'supergroup').map((chat) => [chat.id, chat.title]))
    const fresh = [...groups.keys()].find((id) => this.known && !this.known.has(id))
    if (fresh !== undefined) this.chat = fresh
    else if (this.known?.has(this.chat) && !groups.has(this.chat)) {
      this.toast(`The group “${this.known.get(this.chat)}” is gone.`)
      this.chat = this.state.bot?.id
    }
    this.known = groups
    const refused = this.requests.update(this.state, this.me)
    if (refused !== undefined) this.toast(`You were not let in to “${refused}”.`)
  }

  drawTop(chats) {
    const { bot } = this.state
    const chat = chats.find((one) => one.id === this.shown)
    const withBot = this.shown !== undefined && this.shown === bot?.id
    const group = this.state.chats.find((one) => one.id === this.shown)
    const inChat = this.shown !== undefined
    const name = this.person?.firstName
    const title = inChat ? (chat?.title ?? group?.title ?? bot?.firstName ?? '') : 'Chats'
    this.place.setAttribute('aria-label', name ? `${name}’s phone` : `Nobody’s phone`)
    this.part('.person .name').textContent = name ?? 'Who is this?'
    paintAvatar(this.part('.person .avatar'), name ?? '?', this.me ?? 0)
    this.part('.time').textContent = clockOf(Date.now() + this.state.clockOffsetMs)
    this.part('.top h2').textContent = title
    const count = group?.members.length ?? 0
    const status = withBot ? (this.person.blockedBot ? 'bot, blocked' : 'bot') : `${count} members`
    this.part('.sub').textContent = inChat ? status : ''
    const avatar = this.part('.top > .avatar')
    avatar.hidden = !inChat
    paintAvatar(avatar, title, this.shown ?? 0)
    this.unread = chats.reduce((sum, one) => sum + (one.id === this.shown ? 0 : one.unread), 0)
    const badge = this.part('.back .badge')
    badge.textContent = this.unread || ''
    badge.hidden = this.unread === 0
    this.part('.back').setAttribute('aria-label', `Back to the chats${this.unread ? `, ${this.unread} unread` : ''}`)
    this.part('.back').hidden = !inChat
    this.part('.more').hidden = !this.person
    for (const part of ['.composer', '.log']) this.part(part).hidden = !inChat
    this.part('.chats').hidden = inChat
    const asked = this.requests.first
    const pending = this.part('.pending')
    const words = asked === undefined ? '' : `Asked to join “${asked}”. Waiting to be let in…`
    if (pending.textContent !== words) pending.textContent = words
    this.composer.commands = inChat && bot ? bot.commands : []
    this.drawChips(withBot, chat !== undefined)
  }

  /** The commands that people need most, at one press. Until somebody has written, Telegram offers one: start. */
  drawChips(withBot, begun) {
    const listed = this.state.bot?.commands ?? []
    const start = [{ command: 'start', description: 'begin' }]
    const commands = withBot ? (begun && listed.length > 0 ? listed.slice(0, 3) : start) : []
    const chips = this.part('.chips')
    chips.hidden = commands.length === 0
    reconcile(
      chips,
      commands.map(({ command, description }) => ({
        key: command,
        shape: `${this.chat}${description}`,
        make: () =>
          button(
            { title: description, onclick: () => this.act('send', { chat: this.chat, text: `/${command}` }) },
            command[0].toUpperCase() + command.slice(1),
          ),
      })),
    )
    settleRoving(chips, 'button')
  }

  async drawMessages() {
    const log = this.part('.log')
    const chat = this.shown
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
    const names = new Map(this.state.users.map((user) => [user.id, user.firstName]))
    if (this.state.bot) names.set(this.state.bot.id, this.state.bot.firstName)
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
