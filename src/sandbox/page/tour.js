import { get, post } from './api.js'

const registersWithinMs = 20_000

const stepsOf = ({ ann, ben }) => [
  {
    title: `Press Find as ${ann.name()}`,
    words: 'This asks the bot for somebody to talk to, and begins to wait.',
    target: () => ann.chip('find'),
    done: () => ann.waits || ann.invited,
  },
  {
    title: `Now press Find as ${ben.name()}`,
    words: 'Once both search, they become a pair: in one step, with a group that was made ahead.',
    target: () => ben.chip('find'),
    done: () => ann.invited && ben.invited,
  },
  {
    title: 'Let both enter the room',
    inRoom: true,
    words: 'Each has an invitation of their own. Whoever else had the link would be turned away.',
    target: () => (ann.inside ? ben : ann).key(),
    done: () => ann.inside && ben.inside,
  },
  {
    title: 'Write something',
    inRoom: true,
    words: 'A private group, only the two of them. It stays open as long as they write.',
    target: () => ann.line(),
    done: () => ann.wrote || ben.wrote,
  },
  {
    title: 'One of them leaves',
    words:
      'Choose “Leave the group” in the ⋮ menu, or write /stop. The group disappears for both, with all that was said.',
    target: () => ben.more(),
    done: () => ann.wasInside && !ann.inside && !ben.inside,
  },
]

/** One of the two people as the tour follows them. */
class Guest {
  constructor(phone) {
    this.phone = phone
  }
  name() {
    return this.phone.person?.firstName ?? this.phone.suggestion
  }
  async look(state) {
    const bot = state.bot.id
    const me = this.phone.me
    const said = this.phone.person ? await get(`users/${me}/chats`) : []
    const group = state.chats.find(
      ({ type, deleted, members }) => type === 'supergroup' && !deleted && members.some(({ id }) => id === me),
    )
    const last = said.find(({ id }) => id === bot)?.lastMessage
    this.inside = group !== undefined
    this.wasInside ||= this.inside
    const sent = (last?.buttons ?? []).flat().find(({ url }) => url?.includes('t.me/+'))?.url
    this.invitation = sent ?? this.invitation
    const invitedTo = state.chats.find(({ links }) => links.some(({ link }) => link === this.invitation))
    const works = invitedTo?.links.some(({ link, revoked }) => link === this.invitation && !revoked)
    // What is newer than this state of the world is not in it yet.
    this.over = !this.inside && invitedTo !== undefined && (invitedTo.deleted || !works)
    this.invited = this.inside || (this.invitation !== undefined && !this.over)
    this.waits = last?.from === bot && this.asked && last.id > this.asked
    this.asked ??= last?.id
    const inGroup = said.find(({ id }) => id === group?.id)?.lastMessage
    this.wrote ||= inGroup?.from === me && !inGroup.service
  }
  chip(command) {
    const name = command.toLowerCase()
    return [...this.phone.place.querySelectorAll('.chips button')].find((one) => one.textContent.toLowerCase() === name)
  }
  key() {
    return [...this.phone.place.querySelectorAll('.keys button.url')].at(-1)
  }
  line() {
    return this.phone.part('.composer')
  }
  more() {
    return this.phone.part('.more')
  }
}

/** The guided tour of the first visit: two people meet. It watches what happens and goes on by itself. */
export class Tour {
  constructor(place, again, phones, redraw) {
    Object.assign(this, { place, again, phones, redraw })
    place.querySelector('.skip').onclick = () => this.end()
    place.querySelector('.go').onclick = () => (this.steps ? this.end() : this.begin())
    again.onclick = () => this.invite()
  }

  /** Called with each new state of the world. It is for bots that find people; others are left alone. */
  look(state) {
    this.state = state
    const fits = (state.bot?.listening && state.bot.commands.some(({ command }) => command === 'find')) ?? false
    this.again.hidden = !fits
    if (fits && !this.offered) {
      this.offered = true
      if (localStorage.getItem('tour') !== 'done') this.invite()
    }
    if (this.steps && !this.looking) this.follow(state)
  }

  invite() {
    this.steps = undefined
    this.show(
      '',
      'See two strangers meet',
      'It takes a minute: Ann and Ben find each other, talk, and part.',
      'Show me',
    )
  }

  async begin() {
    this.place.querySelector('.go').disabled = true
    this.show('', 'Ann and Ben introduce themselves', 'The bot asks everybody who they are, once.', '…')
    try {
      for (const phone of this.phones) await this.introduce(phone)
      this.guests = { ann: new Guest(this.phones[0]), ben: new Guest(this.phones[1]) }
      for (const guest of Object.values(this.guests)) await guest.look(this.state)
      this.steps = stepsOf(this.guests)
      this.at = 0
      await this.redraw()
    } catch (error) {
      this.show(
        '',
        'That did not work',
        `${error.message} Answer the bot’s questions in both phones, then try again.`,
        'Again',
      )
    } finally {
      this.place.querySelector('.go').disabled = false
    }
  }

  /** Makes a person where the phone has none, and answers the bot's questions for them. */
  async introduce(phone) {
    if (!phone.person) await phone.takeSuggested()
    else await phone.open(this.state.bot.id)
    const bot = this.state.bot.id
    const say = (text) => post(`users/${phone.me}/send`, { chat: bot, text })
    const heard = async () => (await get(`users/${phone.me}/messages?chat=${bot}`)).filter(({ from }) => from === bot)
    if ((await heard()).length === 0) await say('/start')
    const answered = new Set()
    const until = Date.now() + registersWithinMs
    let quiet = 0
    while (Date.now() < until) {
      const last = (await heard()).at(-1)
      const key = (last?.buttons ?? []).flat().find(({ data }) => /^(gender|name)\b/.test(data ?? ''))
      // Between two questions there is a moment without one.
      quiet = last && !key ? quiet + 1 : 0
      if (quiet > 3) return
      if (key && !answered.has(key.data)) {
        answered.add(key.data)
        if (key.data.startsWith('name')) await say(phone.person?.firstName ?? phone.suggestion)
        else await post(`users/${phone.me}/press`, { chat: bot, message: last.id, data: key.data })
      }
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    throw new Error('The bot did not get to know everybody.')
  }

  async follow(state) {
    this.looking = true
    try {
      for (const guest of Object.values(this.guests)) await guest.look(state)
    } finally {
      this.looking = false
    }
    if (!this.steps) return
    while (this.at < this.steps.length && this.steps[this.at].done()) this.at++
    const step = this.steps[this.at]
    if (step?.inRoom && Object.values(this.guests).every(({ over }) => over)) return this.tellEnd()
    if (!step) {
      this.mark(undefined)
      return this.show(
        '',
        'That is all',
        'The group is gone. Make more people, be late, block the bot: everything else is yours to try.',
        'Done',
      )
    }
    this.show(`${this.at + 1} of ${this.steps.length}`, step.title, step.words, '')
    this.mark(step.target())
  }

  /** The room has ended before the tour had: somebody did not come, or left. */
  tellEnd() {
    const met = Object.values(this.guests).every(({ wasInside }) => wasInside)
    this.steps = undefined
    this.mark(undefined)
    const why = met
      ? 'Both were inside, and the group is gone already.'
      : 'Not both came inside before the time was up or somebody left, so their links are dead.'
    this.show('', 'The room has ended', `${why} Let them find each other again, or end the tour here.`, 'Go on')
  }

  show(step, title, words, go) {
    this.place.hidden = false
    const put = (selector, text) => {
      const part = this.place.querySelector(selector)
      if (part.textContent !== text) part.textContent = text
    }
    put('.step', step)
    put('h2', title)
    put('.words', words)
    put('.go', go)
    this.place.querySelector('.go').hidden = go === ''
    const skip = this.place.querySelector('.skip')
    skip.hidden = go === 'Done'
    skip.textContent = go === 'Go on' ? 'End the tour' : 'Skip the tour'
  }

  mark(target) {
    for (const old of document.querySelectorAll('.tour-target'))
      if (old !== target && !old.matches('[role=tab]')) old.classList.remove('tour-target')
    target?.classList.add('tour-target')
    // On a narrow window what to press may be behind another tab.
    const phone = target?.closest('.phone')
    for (const tab of document.querySelectorAll('[role=tab]'))
      tab.classList.toggle('tour-target', tab.getAttribute('aria-controls') === phone?.id && !target.offsetParent)
  }

  end() {
    localStorage.setItem('tour', 'done')
    this.steps = undefined
    this.mark(undefined)
    this.place.hidden = true
  }
}
