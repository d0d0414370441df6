import { get, post } from './api.js'
import { element, isTelegramLink, messageItem, paintAvatar } from './elements.js'

/** One phone: whose it is, which chat is open, and what it shows. Everything comes from the control API. */
export class Phone {
  /**
   * @param place the element it lives in
   * @param key where the person is remembered
   * @param suggestion a first name for a new person
   * @param redraw fetches the state of the world and gives it to every phone
   */
  constructor(place, key, suggestion, redraw) {
    this.redraw = redraw
    place.append(document.getElementById('phone-template').content.cloneNode(true))
    this.key = key
    this.me = Number(sessionStorage.getItem(key)) || undefined
    this.part = (selector) => place.querySelector(selector)
    this.items = new Map()
    this.part('.create input').value = suggestion
    this.listen()
  }

  listen() {
    this.part('.pick').onchange = (event) => this.become(Number(event.target.value))
    this.part('.back').onclick = () => this.open(undefined)
    this.part('.leave').onclick = () => this.act('leave', { chat: this.chat })
    this.part('.block').onclick = () => this.act('block', { bot: !this.person.blockedBot })
    this.part('.create').onsubmit = async (event) => {
      event.preventDefault()
      const form = event.target
      const made = await this.say(() => post('users', Object.fromEntries(new FormData(form))))
      if (made) await this.become(made.id)
    }
    this.part('.composer').onsubmit = async (event) => {
      event.preventDefault()
      const input = event.target.elements.text
      const text = input.value
      if (text && (await this.act('send', { chat: this.chat, text }))) input.value = ''
    }
  }

  /** Gives the phone to somebody; the chat with the bot opens. */
  async become(id) {
    this.me = id
    sessionStorage.setItem(this.key, String(id))
    this.known = undefined
    await this.open(this.state?.bot.id)
  }

  async open(chat) {
    this.chat = chat
    await this.redraw()
    if (this.person && chat !== undefined) this.part('.composer input').focus()
  }

  /** Runs something a person does; shows in the phone what Telegram says when it is refused. */
  async say(what) {
    this.part('.toast').textContent = ''
    try {
      return await what()
    } catch (error) {
      this.part('.toast').textContent = error.message
      return undefined
    }
  }

  act(what, body) {
    return this.say(() => post(`users/${this.me}/${what}`, body))
  }

  /** Opens a Telegram link inside the phone, any other in a new window. */
  async follow(url) {
    if (!isTelegramLink(url)) return void (/^https?:/.test(url) && window.open(url, '_blank', 'noopener'))
    const inGroup = /t\.me\/c\/(\d+)/.exec(url)
    if (inGroup) return void (await this.open(-1000000000000 - Number(inGroup[1])))
    const entered = await this.act('enter', { link: url })
    if (entered?.status === 'requested') this.toast('Asked to join. Waiting for approval…')
    if (entered?.status === 'joined') await this.open(entered.chat)
  }

  async press(message, button) {
    const answer = await this.act('press', { chat: this.chat, message: message.id, data: button.data })
    if (!answer?.text) return
    if (!answer.alert) return this.toast(answer.text)
    const alert = this.part('.alert')
    alert.querySelector('p').textContent = answer.text
    alert.showModal()
  }

  toast(text) {
    this.part('.toast').textContent = text
  }

  /** Shows the given state of the world; only what has changed is drawn again, so that focus stays. */
  async refresh(state) {
    this.state = state
    const people = state.users.filter((user) => !user.host)
    this.person = people.find((user) => user.id === this.me)
    const pick = this.part('.pick')
    pick.replaceChildren(
      ...(this.person ? [] : [new Option('choose…', '', true, true)]),
      ...people.map((user) => new Option(`${user.firstName} · ${user.id}`, user.id, false, user.id === this.me)),
    )
    const chats = this.person ? await get(`users/${this.me}/chats`) : []
    if (this.person) this.follows(chats)
    // The person may be newer than this state of the world: then the next one shows their chat.
    this.shown = this.person ? this.chat : undefined
    this.drawTop(chats)
    this.drawChats(chats)
    await this.drawMessages()
  }

  /** A new group opens by itself; one that is gone closes with a word. */
  follows(chats) {
    const groups = new Map(chats.filter((chat) => chat.type === 'supergroup').map((chat) => [chat.id, chat.title]))
    const fresh = [...groups.keys()].find((id) => this.known && !this.known.has(id))
    if (fresh !== undefined) this.chat = fresh
    else if (this.known?.has(this.chat) && !groups.has(this.chat)) {
      this.toast(`“${this.known.get(this.chat)}” is gone.`)
      this.chat = this.state.bot.id
    }
    this.known = groups
  }

  drawTop(chats) {
    const chat = chats.find((one) => one.id === this.shown)
    const withBot = this.shown === this.state.bot.id
    const group = this.state.chats.find((one) => one.id === this.shown)
    const title = chat?.title ?? (withBot ? this.state.bot.firstName : (this.person?.firstName ?? 'Who is this?'))
    const inside = group?.members.filter((member) => !['left', 'kicked'].includes(member.status)).length
    this.part('.owner').textContent = this.person ? `${this.person.firstName}’s phone` : 'Nobody’s phone'
    this.part('h2').textContent = title
    this.part('.sub').textContent = this.shown === undefined ? 'Chats' : withBot ? 'bot' : `${inside ?? 0} members`
    paintAvatar(this.part('.avatar'), title, this.shown ?? this.me ?? 0)
    this.part('.back').hidden = this.shown === undefined
    this.part('.leave').hidden = this.shown === undefined || withBot
    this.part('.block').hidden = !withBot
    this.part('.block').textContent = this.person?.blockedBot ? 'Unblock' : 'Block'
    this.part('.person').hidden = this.shown !== undefined
    this.part('.composer').hidden = this.part('.log').hidden = this.shown === undefined
    this.part('.chats').hidden = this.shown !== undefined
    this.drawCommands(withBot, chat !== undefined)
  }

  /** Until somebody has written, Telegram offers one button: start. */
  drawCommands(withBot, begun) {
    const row = this.part('.commands')
    const listed = this.state.bot.commands.map(({ command }) => `/${command}`)
    const commands = withBot ? (begun && listed.length ? listed : ['/start']) : []
    row.hidden = commands.length === 0
    if (row.dataset.shown === commands.join()) return
    row.dataset.shown = commands.join()
    row.replaceChildren(
      ...commands.map((text) =>
        element(
          'button',
          { type: 'button', className: 'quiet', onclick: () => this.act('send', { chat: this.chat, text }) },
          text,
        ),
      ),
    )
  }

  drawChats(chats) {
    const { bot } = this.state
    const rows = chats.some((chat) => chat.id === bot.id)
      ? chats
      : [...chats, { id: bot.id, title: bot.firstName, unread: 0, lastMessage: null }]
    const hint = element('p', { className: 'empty' }, 'Choose a person, or make a new one, to begin.')
    const list = this.part('.chats')
    if (!this.person) return list.replaceChildren(hint)
    list.replaceChildren(
      ...rows.map((chat) => {
        const avatar = element('span', { className: 'avatar', ariaHidden: 'true' })
        paintAvatar(avatar, chat.title, chat.id)
        const last = chat.lastMessage?.text ?? ''
        const row = element('button', { type: 'button', onclick: () => this.open(chat.id) }, avatar)
        row.append(element('span', { className: 'who' }, chat.title, element('small', {}, last)))
        if (chat.unread) row.append(element('span', { className: 'badge', title: 'unread' }, String(chat.unread)))
        return row
      }),
    )
  }

  async drawMessages() {
    const log = this.part('.log')
    const chat = this.shown
    const messages = chat !== undefined ? await get(`users/${this.me}/messages?chat=${chat}`).catch(() => []) : []
    if (chat !== this.shown) return
    if (log.dataset.chat !== `${this.me}/${chat}`) {
      log.dataset.chat = `${this.me}/${chat}`
      this.items.clear()
      log.replaceChildren()
    }
    const names = new Map(this.state.users.map((user) => [user.id, user.firstName]))
    names.set(this.state.bot.id, this.state.bot.firstName)
    const act = {
      command: (text) => this.act('send', { chat, text }),
      open: (url) => this.follow(url),
      press: (message, button) => this.press(message, button),
    }
    const seen = new Set()
    let added = false
    for (const message of messages) {
      seen.add(message.id)
      const shape = JSON.stringify(message)
      const shown = this.items.get(message.id)
      if (shown?.shape === shape) continue
      const item = messageItem(message, { me: this.me, names, act })
      if (shown) {
        // A button that was just pressed may be gone; whoever works by keyboard goes on at the composer.
        if (shown.item.contains(document.activeElement)) this.part('.composer input').focus()
        shown.item.replaceWith(item)
      } else {
        log.append(item)
        added = true
      }
      this.items.set(message.id, { shape, item })
    }
    for (const [id, { item }] of this.items) {
      if (seen.has(id)) continue
      item.remove()
      this.items.delete(id)
    }
    if (added) log.scrollTop = log.scrollHeight
  }
}
