import { get, post } from './api.js'
import { Guest } from './tour-guest.js'
import { searching, stepCount, together } from './tour-steps.js'

/** @import { Phone } from './phone.js' */
/** @import { Step } from './tour-steps.js' */
/** @import { Live, Message, World } from './types.js' */

const registersWithinMs = 20_000
const settlesWithinMs = 1_200

/** The guided tour of the first visit: two people meet. It watches what happens and goes on by itself. */
export class Tour {
  /**
   * @param {HTMLElement} place
   * @param {HTMLElement} again the button that shows the tour once more
   * @param {[Phone, Phone]} phones
   * @param {() => Promise<void>} redraw
   * @param {() => Live | undefined} live what the service says about itself
   */
  constructor(place, again, phones, redraw, live) {
    this.place = place
    this.again = again
    this.phones = phones
    this.redraw = redraw
    this.live = live
    this.offered = false
    this.looking = false
    /** Whether something happened while it looked. */
    this.missed = false
    this.finished = false
    /** @type {World | undefined} */
    this.state = undefined
    /** Undefined while the tour does not run. @type {[Guest, Guest] | undefined} */
    this.guests = undefined
    /** The room that they have shared. @type {number | undefined} */
    this.met = undefined
    this.at = 0
    /** A step back that is about to be taken. @type {{ title: string, at: number } | undefined} */
    this.pending = undefined
    this.part('.skip').onclick = () => this.end()
    this.part('.go').onclick = () => (this.finished ? this.end() : this.begin())
    again.onclick = () => this.invite()
  }

  /** @param {string} selector */
  part(selector) {
    return /** @type {HTMLButtonElement} */ (this.place.querySelector(selector))
  }

  /**
   * Called with each new state of the world, and when the service says something new. It is for bots that find people;
   * others are left alone.
   * @param {World} [state]
   */
  async look(state = this.state) {
    this.state = state
    const { bot } = state ?? {}
    if (!state || !bot) return
    const fits = bot.listening && bot.commands.some(({ command }) => command === 'find')
    this.again.hidden = !fits
    if (fits && !this.offered) {
      this.offered = true
      if (localStorage.getItem('tour') !== 'done') this.invite()
    }
    this.missed = this.looking
    if (!this.guests || this.looking) return
    this.looking = true
    try {
      for (const guest of this.guests) await guest.look(state, this.live())
      if (this.guests) this.follow(...this.guests)
    } finally {
      this.looking = false
    }
    if (this.missed) await this.look()
  }

  invite() {
    this.stop()
    this.show(
      '',
      'See two strangers meet',
      'It takes a minute: Ann and Ben find each other, talk, and part.',
      'Show me',
    )
  }

  async begin() {
    this.part('.go').disabled = true
    this.show('', 'Ann and Ben introduce themselves', 'The bot asks everybody who they are, once.', '…')
    try {
      for (const phone of this.phones) await this.introduce(phone)
      this.guests = [new Guest(this.phones[0]), new Guest(this.phones[1])]
      await this.redraw()
      // Who is in a room already goes on there.
      for (const { inside, place, phone } of this.guests) if (inside) await phone.open(place)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.show('', 'That did not work', `${why} Answer the bot’s questions in both phones, then try again.`, 'Again')
    } finally {
      this.part('.go').disabled = false
    }
  }

  /**
   * Makes a person where the phone has none, and answers the bot's questions for them.
   * @param {Phone} phone
   */
  async introduce(phone) {
    const bot = this.state?.bot?.id
    if (phone.person?.blockedBot) await phone.act('block', { bot: false })
    if (!phone.person) await phone.takeSuggested()
    else await phone.open(bot)
    /** @param {string} text */
    const say = (text) => post(`users/${phone.me}/send`, { chat: bot, text })
    /** @type {() => Promise<Message[]>} */
    const heard = async () =>
      (await get(`users/${phone.me}/messages?chat=${bot}`)).filter((/** @type {Message} */ { from }) => from === bot)
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
        if (key.data?.startsWith('name')) await say(phone.person?.firstName ?? phone.suggestion)
        else await post(`users/${phone.me}/press`, { chat: bot, message: last?.id, data: key.data })
      }
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    throw new Error('The bot did not get to know everybody.')
  }

  /**
   * @param {Guest} ann
   * @param {Guest} ben
   */
  follow(ann, ben) {
    const guests = [ann, ben]
    const gone = guests.find(({ isHere }) => !isHere)
    if (gone) {
      const words = 'The phone is somebody else’s now, or the bot is blocked. Go on, and the tour begins anew.'
      return this.pause(`${gone.name} is not with us any more`, words)
    }
    const room = ann.place === ben.place ? ann.place : undefined
    if (room !== undefined) {
      this.met = room
      return this.tell(together(ann, ben, room))
    }
    if (this.met === undefined) return this.tell(searching(ann, ben))
    // When one has left, the other follows at once.
    if (guests.some(({ place }) => place === this.met)) return
    const { met } = this
    const were = guests.every(({ beenIn }) => beenIn.has(met))
    if (were && this.at === stepCount) return this.tellAll()
    const why = were
      ? 'Both were inside, and the group is gone already.'
      : 'Not both came inside before the time was up or somebody left, so their links are dead.'
    this.pause('The room has ended', `${why} Let them find each other again, or end the tour here.`)
  }

  /** @param {Step} step */
  tell({ at, title, words, target, unsure }) {
    if (at < this.at || unsure) {
      if (this.pending?.title !== title) {
        this.pending = { title, at: performance.now() }
        setTimeout(() => this.look(), settlesWithinMs + 50)
      }
      if (performance.now() - this.pending.at < settlesWithinMs) return
    }
    this.pending = undefined
    this.at = at
    this.show(`${at} of ${stepCount}`, title, words, '')
    this.mark(target)
  }

  tellAll() {
    this.stop()
    this.finished = true
    this.show(
      '',
      'That is all',
      'The group is gone. Make more people, be late, block the bot: everything else is yours to try.',
      'Done',
    )
  }

  /**
   * The tour cannot go on as it was; it can begin anew.
   * @param {string} title
   * @param {string} words
   */
  pause(title, words) {
    this.stop()
    this.show('', title, words, 'Go on')
  }

  stop() {
    this.guests = undefined
    this.met = undefined
    this.pending = undefined
    this.finished = false
    this.at = 0
    this.mark(undefined)
  }

  /**
   * @param {string} step
   * @param {string} title
   * @param {string} words
   * @param {string} go what the button says; empty: there is none
   */
  show(step, title, words, go) {
    this.place.hidden = false
    /** @type {(selector: string, text: string) => void} */
    const put = (selector, text) => {
      if (this.part(selector).textContent !== text) this.part(selector).textContent = text
    }
    put('.step', step)
    put('h2', title)
    put('.words', words)
    put('.go', go)
    this.part('.go').hidden = go === ''
    const skip = this.part('.skip')
    skip.hidden = go === 'Done'
    skip.textContent = go === 'Go on' ? 'End the tour' : 'Skip the tour'
  }

  /** @param {HTMLElement | undefined} target */
  mark(target) {
    for (const old of document.querySelectorAll('.tour-target'))
      if (old !== target && !old.matches('[role=tab]')) old.classList.remove('tour-target')
    target?.classList.add('tour-target')
    // On a narrow window what to press may be behind another tab.
    const phone = target?.closest('.phone')
    for (const tab of document.querySelectorAll('[role=tab]'))
      tab.classList.toggle('tour-target', tab.getAttribute('aria-controls') === phone?.id && !target?.offsetParent)
  }

  end() {
    localStorage.setItem('tour', 'done')
    this.stop()
    this.place.hidden = true
  }
}
